package io.wsrep4j.provider.certification;

/**
 * Figures of certification since the start or the last reset (docs/spec/writeset-certification.md 8.15).
 *
 * @param certified write sets that passed the key test
 * @param depsDistance {@code wsrep_cert_deps_distance}: mean of seqno - depends_seqno over them; 0 if there are none
 * @param interval {@code wsrep_cert_interval}: mean of seqno - last_seen - 1 over them; 0 if there are none
 * @param indexSize {@code wsrep_cert_index_size}: distinct keys in the index after the last of them
 */
public record CertificationStatistics(long certified, double depsDistance, double interval, long indexSize) {}
