package io.wsrep4j.tests.cluster;

/** Two of Galera's nodes and one of ours. */
final class TwoGaleraNodesAndOneOfOursTest extends MixedCluster {

    TwoGaleraNodesAndOneOfOursTest() {
        super("galera", "wsrep4j", "galera");
    }
}
