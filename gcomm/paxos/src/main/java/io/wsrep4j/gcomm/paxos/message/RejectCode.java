package io.wsrep4j.gcomm.paxos.message;

/** Why a link is refused (docs/spec/paxos.md 21.4). */
public enum RejectCode {
    WRONG_GROUP,
    PROTOCOL,
    ADDRESS_TAKEN,
    FULL,
    STALE_EPOCH,
    SHUTTING_DOWN;

    static RejectCode read(WireReader in) {
        int code = in.u16();
        if (code > SHUTTING_DOWN.ordinal()) {
            throw new MalformedFrameException(
                    "reject code is " + code + ", allowed are 0 to " + SHUTTING_DOWN.ordinal());
        }
        return values()[code];
    }
}
