package io.wsrep4j.provider.certification;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Write sets made for tests of certification, with the zero-level key only if it is added. */
final class TestWriteSets {

    static final Uuid A = Uuid.parse("aaaaaaaa-0000-0000-0000-000000000001");
    static final Uuid B = Uuid.parse("bbbbbbbb-0000-0000-0000-000000000002");
    static final Uuid C = Uuid.parse("cccccccc-0000-0000-0000-000000000003");
    static final int WHOLE = TransactionFlags.TRX_START | TransactionFlags.TRX_END;

    private final WriteSetBuilder builder;
    private int flags = WHOLE;
    private long range = 65535;

    TestWriteSets(int version, KeyFormat format) {
        builder = new WriteSetBuilder(new WriteSetFormat(version, 2, format, KeyType.REFERENCE));
    }

    static TestWriteSets version6() {
        return new TestWriteSets(6, KeyFormat.FLAT8);
    }

    TestWriteSets key(KeyType type, String... parts) {
        builder.appendKey(Key.of(parts), type);
        return this;
    }

    TestWriteSets flags(int newFlags) {
        flags = newFlags;
        return this;
    }

    TestWriteSets range(long newRange) {
        range = newRange;
        return this;
    }

    TestWriteSets data(int bytes) {
        builder.appendData(ByteBuffer.allocate(bytes), DataType.ORDERED, true);
        return this;
    }

    TestWriteSets startSeqno(long seqno) {
        builder.appendData(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, seqno), DataType.ORDERED, true);
        return this;
    }

    WriteSet from(Uuid source, long lastSeen) {
        ByteBuffer memory = ByteBuffer.allocateDirect((int) builder.sealedBytes());
        builder.seal(memory, 0, flags, source, 1, 1);
        builder.stampForSending(memory, 0, lastSeen, range, 0);
        try {
            return new WriteSetReader().read(memory, 0, memory.capacity(), 1, source);
        } catch (CorruptWriteSetException e) {
            throw new AssertionError(e);
        }
    }

    OrderedWriteSet ordered(long seqno, Uuid source, long lastSeen) {
        return OrderedWriteSet.fromGroup(from(source, lastSeen), seqno);
    }
}
