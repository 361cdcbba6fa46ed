/**
 * Lines for the log that somebody else can cause: a peer, a stranger at the port. {@link io.wsrep4j.gcomm.log.LimitedLog} lets the first ones of each
 * kind through and counts the rest, so that nobody can fill a disk or hide what matters. Decides nothing else, and knows no protocol.
 */
package io.wsrep4j.gcomm.log;
