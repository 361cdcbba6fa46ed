/** Benchmarks of whole clusters of three MariaDB servers, ours beside libgalera's: throughput, latency, memory, and how long a node takes to join. */
package io.wsrep4j.tests.benchmarks.cluster;
