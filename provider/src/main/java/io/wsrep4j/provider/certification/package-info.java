/**
 * Certification: which write sets pass, and what they depend on (docs/spec/writeset-certification.md 8). Every member decides alike from the same
 * ordered bytes; nothing is exchanged about the outcome.
 *
 * <p>Entry: {@link io.wsrep4j.provider.certification.CertificationIndex}. This package must never look at a clock, a thread or anything else
 * that differs between members.
 */
package io.wsrep4j.provider.certification;
