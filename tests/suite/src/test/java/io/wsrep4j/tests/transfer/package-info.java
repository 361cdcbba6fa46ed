/** Snapshots streamed between hosts in Java. */
package io.wsrep4j.tests.transfer;
