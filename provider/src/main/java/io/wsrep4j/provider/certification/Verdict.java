package io.wsrep4j.provider.certification;

/** Outcome of certification, equal on every member (docs/spec/writeset-certification.md 8.4). */
public enum Verdict {
    /** First committer: the write set is applied. */
    PASSED,
    /** Lost against a write set it had not seen, or not certifiable at all: it goes through the monitors without effect. */
    FAILED
}
