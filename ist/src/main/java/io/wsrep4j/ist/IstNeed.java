package io.wsrep4j.ist;

/**
 * What a joiner asks for (docs/spec/replicator-state-transfer.md 17.3 and 22.6). Immutable.
 *
 * @param first lowest seqno that it lacks; {@link Long#MAX_VALUE} if its history is not the group's: then all that it may be sent is for the
 *     certification index
 * @param last the configuration change that made it ask: the stream must contain at least that
 */
public record IstNeed(long first, long last) {}
