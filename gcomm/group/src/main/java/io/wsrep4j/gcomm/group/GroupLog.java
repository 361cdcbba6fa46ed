package io.wsrep4j.gcomm.group;

import io.wsrep4j.gcomm.log.LineKind;

/** Kinds of lines of the group layer that members can cause. */
final class GroupLog {

    /** What a member may not send, or nobody can read. */
    static final LineKind OFFENCES = LineKind.ofPeer("messages that may not be sent");

    static final LineKind STRAYS = LineKind.ofPeer("messages about another history or state exchange");
    static final LineKind VOTES = LineKind.ofPeer("votes");
    static final LineKind TRANSFERS = LineKind.ofPeer("requests for state transfers and reports of their ends");

    /** Each is something that a node of the group begins to do; a joiner that finds no donor asks once a second. */
    static final LineKind CHOICES = new LineKind("choices of donors", 60, 60, false);

    private GroupLog() {}
}
