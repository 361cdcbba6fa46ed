package io.wsrep4j.api;

/** Kind of a view; the ordinal is the value in the C interface (docs/spec/wsrep-api-v26.md 3.2). */
public enum ViewStatus {
    /** The component that may order transactions. */
    PRIMARY,
    NON_PRIMARY,
    DISCONNECTED
}
