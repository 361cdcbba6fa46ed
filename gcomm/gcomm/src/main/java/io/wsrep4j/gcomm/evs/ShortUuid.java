package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;

/** The form of node ids in logs: first four bytes, dash, incarnation, as in {@code ec7d533e-841a} (docs/spec/gcomm-evs.md 2). */
public final class ShortUuid {

    private static final int INCARNATION_SHIFT = 48;

    private ShortUuid() {}

    /** The short text of a node id. */
    public static String of(Uuid uuid) {
        return String.format("%08x-%04x", uuid.mostSignificant() >>> 32, incarnation(uuid));
    }

    static int incarnation(Uuid uuid) {
        return (int) (uuid.leastSignificant() >>> INCARNATION_SHIFT);
    }

    /** True for two incarnations of one node: all bytes but 8 and 9 are equal. */
    static boolean sameNode(Uuid a, Uuid b) {
        return a.mostSignificant() == b.mostSignificant() && (a.leastSignificant() ^ b.leastSignificant()) << 16 == 0;
    }
}
