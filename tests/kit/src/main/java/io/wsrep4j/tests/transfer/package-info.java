/** Stands in the way of state transfers: connections that damage what a donor sends, and snapshot scripts that fail on request. */
package io.wsrep4j.tests.transfer;
