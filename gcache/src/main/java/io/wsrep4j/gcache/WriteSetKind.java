package io.wsrep4j.gcache;

/** What a cached action is; the code is the one that the incremental transfer and Galera's own cache use (docs/spec/gcache.md 2 and 5). */
public enum WriteSetKind {
    /** A transaction's write set. */
    WRITE_SET(0),
    /** A configuration change of the group that has a seqno of its own. */
    CONFIGURATION_CHANGE(3);

    private final int code;

    WriteSetKind(int code) {
        this.code = code;
    }

    /** The number stored with the action. */
    public int code() {
        return code;
    }

    /** The kind for a stored number; null for a number that is none. */
    static WriteSetKind of(int code) {
        return code == 0 ? WRITE_SET : code == 3 ? CONFIGURATION_CHANGE : null;
    }
}
