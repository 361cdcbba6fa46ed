package io.wsrep4j.gcomm.paxos;

/** Where a member stands in its life (docs/spec/paxos.md 15 to 17). */
enum MembershipState {
    /** Neither founded nor joined. */
    CLOSED,
    /** Asks to be brought in. */
    JOINING,
    MEMBER,
    /** Wants to go, or is out and still answers for old slots. */
    LEAVING,
    /** Nothing more happens. */
    LEFT
}
