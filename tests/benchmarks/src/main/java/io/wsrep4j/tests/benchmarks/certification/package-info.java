/**
 * How fast write sets are sealed, read and certified, in isolation (JMH). The figures to reach are in issue 5: a million keys a second
 * against a million keys, under 200 bytes of garbage a write set, 1 GB of row data a second, hashes within twice a C compiler's.
 */
package io.wsrep4j.tests.benchmarks.certification;
