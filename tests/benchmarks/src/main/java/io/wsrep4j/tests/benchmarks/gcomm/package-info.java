/** How fast a group orders messages, and what a delivered message costs. Entry class: {@link io.wsrep4j.tests.benchmarks.gcomm.ChannelBenchmark}. */
package io.wsrep4j.tests.benchmarks.gcomm;
