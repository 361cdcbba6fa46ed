package io.wsrep4j.jna;

import com.sun.jna.Pointer;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The part of a C slot (slot.h, {@code struct w4j_slot}) that both sides read and write, mapped once for the slot's life. The offsets are
 * asserted in slot.h.
 */
final class Mailbox {

    static final int TRANSACTION_ID = 64;
    static final int KEYS = 72;
    static final int ORDERED = 96;
    static final int UNORDERED = 120;
    static final int ANNOTATION = 144;
    static final int KEY_COUNT = 168;
    static final int PHASE = 172;
    static final int META_SERIAL = 176;
    static final int GENERATION = 180;
    static final int KEPT = 184;
    static final int BYTES = 188;

    /** C gathers; Java does not know what was appended. */
    static final int GATHERING = 0;
    /** Java has the transaction. */
    static final int SUBMITTED = 1;
    /** A brute-force abort came while C gathered. */
    static final int ABORTED = 2;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final ByteBuffer bytes;

    Mailbox(long address) {
        bytes = new Pointer(address).getByteBuffer(0, BYTES).order(ByteOrder.nativeOrder());
    }

    int getInt(int offset) {
        return bytes.getInt(offset);
    }

    long getLong(int offset) {
        return bytes.getLong(offset);
    }

    void putInt(int offset, int value) {
        bytes.putInt(offset, value);
    }

    void putLong(int offset, long value) {
        bytes.putLong(offset, value);
    }

    /** Moves the phase atomically; false if it was another one. */
    boolean changePhase(int from, int to) {
        return INT.compareAndSet(bytes, PHASE, from, to);
    }

    int phase() {
        return (int) INT.getVolatile(bytes, PHASE);
    }

    /** Writes {@code struct wsrep_trx_meta}. */
    void write(TransactionMeta meta) {
        MetaLayout.write(meta, bytes, 0);
    }

    /** Reads {@code struct wsrep_trx_meta}. */
    void read(TransactionMeta meta) {
        MetaLayout.read(bytes, 0, meta);
    }

    Uuid sourceNode() {
        return Uuid.read(bytes, MetaLayout.SOURCE_NODE);
    }
}
