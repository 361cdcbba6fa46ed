/**
 * The status variables that a host shows (docs/spec/options-status.md 10): {@link io.wsrep4j.provider.status.StatusReport}. This package must never
 * count anything itself; it reads the counters of those who do.
 */
package io.wsrep4j.provider.status;
