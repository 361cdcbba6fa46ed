/**
 * The write-set cache: every ordered write set by seqno, for appliers and for joiners, within the bytes that the operator allowed
 * (docs/spec/gcache.md). Entry: {@link io.wsrep4j.gcache.WriteSetCache#open}.
 *
 * <p>This package must never interpret what it stores, and never wait for anybody.
 */
package io.wsrep4j.gcache;
