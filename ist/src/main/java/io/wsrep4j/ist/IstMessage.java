package io.wsrep4j.ist;

import io.wsrep4j.api.Seqno;

/**
 * One IST message without its payload (docs/spec/replicator-state-transfer.md 20.1 and 20.2). Immutable.
 *
 * @param type what it is
 * @param preload the event belongs into the certification index (version 10 and later)
 * @param control of a control message: {@link #CONTROL_OK}, {@link #CONTROL_EOF}, or a negative errno
 * @param payloadLength bytes of the write set or configuration change that follow
 * @param seqno global seqno, or undefined
 * @param dependsSeqno what a write set depends on, where the header carries it (versions 4 to 9), else undefined
 */
record IstMessage(
        IstMessageType type, boolean preload, int control, long payloadLength, long seqno, long dependsSeqno) {

    static final int CONTROL_OK = 0;
    static final int CONTROL_EOF = 1;

    static final IstMessage HANDSHAKE = plain(IstMessageType.HANDSHAKE, 0);
    static final IstMessage HANDSHAKE_RESPONSE = plain(IstMessageType.HANDSHAKE_RESPONSE, 0);
    static final IstMessage OK = control(CONTROL_OK);
    static final IstMessage EOF = control(CONTROL_EOF);

    static IstMessage control(int code) {
        return plain(IstMessageType.CONTROL, code);
    }

    private static IstMessage plain(IstMessageType type, int control) {
        return new IstMessage(type, false, control, 0, Seqno.UNDEFINED, Seqno.UNDEFINED);
    }

    static IstMessage ordered(IstMessageType type, boolean preload, long payloadLength, long seqno, long dependsSeqno) {
        return new IstMessage(type, preload, 0, payloadLength, seqno, dependsSeqno);
    }

    boolean isOrdered() {
        return type == IstMessageType.WRITE_SET
                || type == IstMessageType.CONFIGURATION_CHANGE
                || type == IstMessageType.SKIP;
    }
}
