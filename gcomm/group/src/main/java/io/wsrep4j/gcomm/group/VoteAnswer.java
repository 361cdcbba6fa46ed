package io.wsrep4j.gcomm.group;

/** What the group decided about a vote (docs/spec/gcs.md 15.1). */
public enum VoteAnswer {
    /** The group had the same outcome. */
    AGREED,
    /** The group had another outcome: this node is inconsistent. */
    DISAGREED,
    /** This node has voted on it, or on a later one, already (EALREADY). */
    VOTED_ALREADY,
    /** The history changed meanwhile (EREMCHG). */
    HISTORY_CHANGED,
    /** The connection ended before there was a decision. */
    NO_DECISION
}
