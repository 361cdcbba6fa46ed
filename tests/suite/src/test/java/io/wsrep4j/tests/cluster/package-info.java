/** Clusters of real servers: ours, and ours with Galera's. */
package io.wsrep4j.tests.cluster;
