/** Speed of the group layer. Entry: {@link io.wsrep4j.tests.benchmarks.group.GroupBenchmark}. */
package io.wsrep4j.tests.benchmarks.group;
