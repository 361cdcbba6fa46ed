/** Benchmarks of whole servers: throughput, start-up, memory. */
package io.wsrep4j.tests.benchmarks.mariadb;
