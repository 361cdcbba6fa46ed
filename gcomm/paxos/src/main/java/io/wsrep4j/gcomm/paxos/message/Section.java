package io.wsrep4j.gcomm.paxos.message;

/** One thing said in a frame (docs/spec/paxos.md 21.4). */
public sealed interface Section permits OrderSection, ReadSection, MemberSection, ForceSection {

    /** The byte that says which. */
    int code();

    /** The body, without its header. */
    void write(WireWriter out);
}
