/**
 * The bridge: our provider into a native host, and a native provider into a Java host (sheet jvm-in-host).
 *
 * <p>This package must never decide anything about replication.
 */
package io.wsrep4j.jna;
