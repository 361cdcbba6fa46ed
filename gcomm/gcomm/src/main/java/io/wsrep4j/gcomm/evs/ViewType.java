package io.wsrep4j.gcomm.evs;

/** What kind of membership a view is; the ordinals are the wire values (docs/spec/gcomm-evs.md 2). */
public enum ViewType {
    /** A regular view, agreed by its members. */
    REG,
    /** The members of an ending view that go on together. */
    TRANS,
    /** A component without quorum (made by the primary component layer). */
    NON_PRIM,
    /** The primary component (made by the primary component layer). */
    PRIM;

    private static final ViewType[] BY_CODE = values();

    static ViewType ofCode(int code) {
        return BY_CODE[code];
    }
}
