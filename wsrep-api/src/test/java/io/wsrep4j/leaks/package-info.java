/**
 * A check that every module whose tests move bytes with Netty runs them under: nothing may leak. Those modules depend on this one's test
 * classes; JUnit finds the entry class, {@link io.wsrep4j.leaks.LeakCheck}, in META-INF/services. It must never need anything of wsrep4j.
 */
package io.wsrep4j.leaks;
