/** Starts, watches and stops the real programs that the tests run against. */
package io.wsrep4j.tests.process;
