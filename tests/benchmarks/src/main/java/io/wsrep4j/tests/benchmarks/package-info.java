/**
 * Benchmarks: {@code ./wsrep4j bench NAME} runs the class {@code NAME + "Benchmark"} found below this package. Those with a native peer run it
 * in the same run, in turns, and print the ratio; absolute figures of a shared machine mean little.
 */
package io.wsrep4j.tests.benchmarks;
