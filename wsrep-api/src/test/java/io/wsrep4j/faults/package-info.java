/**
 * Failures of the machine for tests: {@link io.wsrep4j.faults.FaultPoint} makes any method of the product throw an {@link java.lang.Error} where it
 * begins, in this JVM or in that of a server, without a trace of it in the product.
 */
package io.wsrep4j.faults;
