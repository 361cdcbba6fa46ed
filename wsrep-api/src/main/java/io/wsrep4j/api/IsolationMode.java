package io.wsrep4j.api;

/** What node isolation asks for; the ordinal is the value in the C interface (docs/spec/wsrep-api-v26.md 1.4). */
public enum IsolationMode {
    NOT_ISOLATED,
    /** Drop all peer connections and accept none. */
    ISOLATED,
    /** As isolated, and deliver a disconnected view. */
    FORCE_DISCONNECT
}
