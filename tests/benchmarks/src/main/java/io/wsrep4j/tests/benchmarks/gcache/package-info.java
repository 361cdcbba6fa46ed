/**
 * How fast the write-set cache is (issue "GCache", Speed): {@link io.wsrep4j.tests.benchmarks.gcache.GcacheBenchmarks} runs them all. Nothing here
 * is a test: numbers are read, not asserted.
 */
package io.wsrep4j.tests.benchmarks.gcache;
