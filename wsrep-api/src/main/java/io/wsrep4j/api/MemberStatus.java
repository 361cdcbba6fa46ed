package io.wsrep4j.api;

/** State of a member of the group; the ordinal is the value of the status variable local_state (docs/spec/wsrep-api-v26.md 3.2), as hosts see it. */
public enum MemberStatus {
    UNDEFINED,
    JOINER,
    DONOR,
    JOINED,
    SYNCED,
    ERROR
}
