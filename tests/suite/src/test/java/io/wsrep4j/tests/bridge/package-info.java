/**
 * A real mariadbd with libwsrep4j.so: what only the joint between a JVM and a database server can get wrong. Entry: {@link
 * io.wsrep4j.tests.bridge.InsideServerTest}. Replication itself is tested elsewhere.
 */
package io.wsrep4j.tests.bridge;
