package io.wsrep4j.gcomm.paxos.message;

/** Who owns lanes (docs/spec/paxos.md 12.1). */
public enum Mode {
    MULTI,
    SINGLE,
    AUTO;

    static Mode read(WireReader in) {
        return values()[in.intIn8("mode", 0, AUTO.ordinal())];
    }
}
