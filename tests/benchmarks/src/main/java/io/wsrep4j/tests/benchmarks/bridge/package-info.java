/** What the joint between a native host and Java costs. Entry: {@link io.wsrep4j.tests.benchmarks.bridge.CallsBenchmark}. */
package io.wsrep4j.tests.benchmarks.bridge;
