/** Real MariaDB servers for the tests: a data directory each, free ports, every provider. */
package io.wsrep4j.tests.mariadb;
