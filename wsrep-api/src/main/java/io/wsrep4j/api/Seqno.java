package io.wsrep4j.api;

/** Sequence numbers are plain {@code long}s; this names the special ones (docs/spec/wsrep-api-v26.md 3.1). */
public final class Seqno {

    /** "No seqno". */
    public static final long UNDEFINED = -1L;

    /** The seqno that the first event of a brand-new history gets. */
    public static final long FIRST = 1L;

    private Seqno() {}
}
