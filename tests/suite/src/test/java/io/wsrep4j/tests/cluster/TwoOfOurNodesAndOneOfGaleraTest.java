package io.wsrep4j.tests.cluster;

/** Two of our nodes and one of Galera's. */
final class TwoOfOurNodesAndOneOfGaleraTest extends MixedCluster {

    TwoOfOurNodesAndOneOfGaleraTest() {
        super("wsrep4j", "galera", "wsrep4j");
    }
}
