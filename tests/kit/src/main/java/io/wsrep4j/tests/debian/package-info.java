/** Hosts with Debian on them, pretended on this one, for the tests of the package: {@link io.wsrep4j.tests.debian.DebianHost}. */
package io.wsrep4j.tests.debian;
