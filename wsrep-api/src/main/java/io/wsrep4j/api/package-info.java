/**
 * The contract between a host (a database server, or a Java program) and a wsrep provider, API version 26, as Java types.
 *
 * <p>Entry classes: {@link io.wsrep4j.api.Provider} is what a host calls, {@link io.wsrep4j.api.Host} is what it is called back on. The
 * native bridge and a Java host use the very same types. Facts: docs/spec/wsrep-api-v26.md.
 *
 * <p>This package must never depend on anything but the JDK, start a thread, or hold a policy: it only names things.
 */
package io.wsrep4j.api;
