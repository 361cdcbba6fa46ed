package io.wsrep4j.api;

/** What the host answers to {@link Host#apply} (docs/spec/wsrep-api-v26.md 6.1 and 6.3). */
public enum ApplyResult {
    /** Applied; keep delivering to this thread. */
    SUCCESS,
    /** Applied; this receiving thread should return from {@link Provider#receive}, if it is not the last one. */
    SUCCESS_AND_EXIT,
    /** Not applied. */
    FAILURE
}
