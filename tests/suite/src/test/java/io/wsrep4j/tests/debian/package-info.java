/** The Debian package: what is in it, and how it comes, stays and goes. */
package io.wsrep4j.tests.debian;
