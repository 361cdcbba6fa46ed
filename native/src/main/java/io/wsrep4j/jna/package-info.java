/**
 * The bridge between native hosts and Java providers, both ways (docs/spec/wsrep-api-v26.md and docs/spec/jvm-in-host.md).
 *
 * <p>A native host loads libwsrep4j.so, whose C code owns the vtable, gathers keys and data, starts the JVM and calls {@link
 * io.wsrep4j.jna.BridgedProvider}; that calls back through {@link io.wsrep4j.jna.NativeHost}. The other way, {@link
 * io.wsrep4j.jna.NativeProvider} loads any native provider behind the same types.
 *
 * <p>This package must never let a Java exception reach the host, answer success for what did not run, or hold a policy of replication.
 */
package io.wsrep4j.jna;
