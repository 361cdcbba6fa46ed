/**
 * The write-set cache: every ordered write set by seqno, for appliers and for joiners, within the bytes that the operator allowed (sheet
 * gcache).
 *
 * <p>This package must never interpret what it stores.
 */
package io.wsrep4j.gcache;
