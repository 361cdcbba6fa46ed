/**
 * Certification: which write sets pass, and what they depend on (docs/spec/writeset-certification.md 8). Every member decides alike from the same
 * ordered bytes; nothing is exchanged about the outcome.
 *
 * <p>Entry: {@link io.wsrep4j.provider.certification.Certification}, which keeps the position and holds the group when the index nears its bound; the
 * verdicts are {@link io.wsrep4j.provider.certification.CertificationIndex}'s, and no verdict may depend on a clock, a thread or anything else that
 * differs between members.
 */
package io.wsrep4j.provider.certification;
