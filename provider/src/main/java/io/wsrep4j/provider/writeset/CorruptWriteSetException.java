package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.MalformedException;
import io.wsrep4j.api.Uuid;

/**
 * A write set that cannot be read (docs/spec/writeset-certification.md 4.2). Every member got the same bytes: either its sender made it so, and all
 * find it so, or this node's memory or software differs from the others'. A vote of the group tells which.
 */
public final class CorruptWriteSetException extends MalformedException {

    private static final long serialVersionUID = 1L;

    private final long seqno;
    private final transient Uuid source;
    private final int offset;

    /**
     * Makes one; see {@link MalformedException} for the line that comes of it.
     *
     * @param seqno under which it was delivered
     * @param source who sent it
     * @param offset bytes from the start of the write set to the part that is wrong
     * @param part of the write set
     * @param given what is there
     * @param allowed what may be there
     */
    public CorruptWriteSetException(long seqno, Uuid source, int offset, String part, String given, String allowed) {
        super(
                "corrupt write set, seqno " + seqno + ", from " + source + ", at byte " + offset + ", " + part,
                given,
                allowed);
        this.seqno = seqno;
        this.source = source;
        this.offset = offset;
    }

    /** The seqno under which it was delivered, as the reader was told. */
    public long seqno() {
        return seqno;
    }

    /** The member that sent it, as the reader was told; null after serialization. */
    public Uuid source() {
        return source;
    }

    /** Bytes from the start of the write set to the part that is wrong. */
    public int offset() {
        return offset;
    }
}
