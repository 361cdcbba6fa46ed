package io.wsrep4j.gcomm.evs;

/** Bits of evs.debug_log_mask (docs/spec/gcomm-evs.md 16). */
final class EvsLog {

    static final int STATE = 0x1;
    static final int TIMERS = 0x2;
    static final int CONSENSUS = 0x4;
    static final int JOIN = 0x40;
    static final int INSTALL = 0x80;
    static final int LEAVE = 0x100;
    static final int FOREIGN = 0x200;
    static final int RETRANSMISSION = 0x400;

    private EvsLog() {}
}
