package io.wsrep4j.tests.certification;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection of a host, with random transactions: keys of all types from one to three parts, among few names and among many; streaming
 * transactions; total order isolation; flags that change dependencies.
 */
final class RandomClient {

    private static final int WHOLE = TransactionFlags.TRX_START | TransactionFlags.TRX_END;
    private static final int[] ODD_FLAGS = {
        TransactionFlags.PA_UNSAFE,
        TransactionFlags.IMPLICIT_DEPS,
        TransactionFlags.COMMUTATIVE | TransactionFlags.NATIVE
    };

    private final ObservingHost host;
    private final Provider provider;
    private final long connection;
    private final AtomicLong transactionIds;
    private final Random random;
    /** What the transaction in hand did, for errors. */
    private final StringBuilder doing = new StringBuilder();

    private final TransactionMeta meta = new TransactionMeta();
    private final ByteBuffer data = ByteBuffer.allocateDirect(64);

    /** @param transactionIds of the host, shared by its connections */
    RandomClient(ObservingHost host, long connection, AtomicLong transactionIds, long seed) {
        this.host = host;
        this.connection = connection;
        this.transactionIds = transactionIds;
        provider = host.provider();
        random = new Random(seed);
    }

    /** Runs one transaction to its end. */
    void run() {
        doing.setLength(0);
        int dice = random.nextInt(100);
        if (dice < 2) {
            isolated();
        } else if (dice < 10) {
            streaming();
        } else {
            ordinary();
        }
    }

    private void ordinary() {
        WriteSetHandle handle = new WriteSetHandle(transactionIds.incrementAndGet());
        appendKeys(handle);
        appendData(handle);
        int flags = WHOLE | (random.nextInt(12) == 0 ? ODD_FLAGS[random.nextInt(ODD_FLAGS.length)] : 0);
        if (!certify(handle, flags)) {
            release(handle);
        }
    }

    /** Certifies; commits and releases if it passed, else leaves the release to the caller, for it ends the transaction. */
    private boolean certify(WriteSetHandle handle, int flags) {
        meta.clear();
        doing.append(" certify ").append(TransactionFlags.describe(flags));
        Status status = provider.certify(connection, handle, flags, meta);
        boolean passed = status == Status.OK;
        if (!passed && status != Status.TRANSACTION_FAIL) {
            throw new AssertionError(host.name() + ": certify: " + status + ", " + meta + ", after:" + doing);
        }
        host.noteOwn(meta, handle.transactionId(), connection, passed);
        if (passed) {
            ObservingHost.expect(Status.OK, provider.commitOrderEnter(handle, meta), "commit order enter");
            ObservingHost.expect(Status.OK, provider.commitOrderLeave(handle, meta, null), "commit order leave");
            release(handle);
        }
        return passed;
    }

    private void streaming() {
        WriteSetHandle handle = new WriteSetHandle(transactionIds.incrementAndGet());
        int fragments = 1 + random.nextInt(3);
        for (int i = 0; i < fragments; i++) {
            appendKeys(handle);
            appendData(handle);
            if (!certify(handle, i == 0 ? TransactionFlags.TRX_START : 0)) {
                rollback(handle, i > 0);
                return;
            }
        }
        if (random.nextInt(5) == 0) {
            rollback(handle, true);
            return;
        }
        appendKey(handle, KeyType.SHARED);
        if (!certify(handle, TransactionFlags.TRX_END | TransactionFlags.PA_UNSAFE)) {
            rollback(handle, true);
        }
    }

    /**
     * Drops the transaction here and tells everybody to roll its fragments back, as a node does that finds fragments of a transaction that
     * nobody holds any more.
     */
    private void rollback(WriteSetHandle handle, boolean hasFragments) {
        release(handle);
        if (hasFragments) {
            host.rollBackFragments(handle.transactionId(), connection, meta, doing::toString);
        }
    }

    private void release(WriteSetHandle handle) {
        ObservingHost.expect(Status.OK, provider.release(handle), "release");
    }

    private void isolated() {
        meta.clear();
        List<Key> keys = new ArrayList<>();
        for (int i = random.nextInt(2); i >= 0; i--) {
            keys.add(key());
        }
        Status status = provider.toExecuteStart(connection, keys, List.of(data), WHOLE, meta);
        ObservingHost.expect(Status.OK, status, "total order isolation");
        host.noteOwn(meta, TransactionSource.UNDEFINED_ID, connection, true);
        ObservingHost.expect(Status.OK, provider.toExecuteEnd(connection, null), "end of total order isolation");
    }

    private void appendKeys(WriteSetHandle handle) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            appendKey(handle, KeyType.values()[random.nextInt(4)]);
        }
        if (random.nextInt(200) == 0) {
            ObservingHost.expect(
                    Status.OK,
                    provider.appendKey(handle, List.of(), KeyType.values()[random.nextInt(4)], true),
                    "append zero-level key");
        }
    }

    private void appendKey(WriteSetHandle handle, KeyType type) {
        Key key = key();
        doing.append(' ').append(type);
        key.parts().forEach(part -> doing.append('/').append(StandardCharsets.UTF_8.decode(part.duplicate())));
        ObservingHost.expect(Status.OK, provider.appendKey(handle, List.of(key), type, true), "append key");
    }

    private Key key() {
        int dice = random.nextInt(20);
        if (dice == 0) {
            return Key.of("db" + random.nextInt(3));
        }
        if (dice < 3) {
            return Key.of("db" + random.nextInt(3), "t" + random.nextInt(20));
        }
        int names = dice < 8 ? 10 : 2_000;
        return Key.of("db" + random.nextInt(3), "t" + random.nextInt(20), "row" + random.nextInt(names));
    }

    private void appendData(WriteSetHandle handle) {
        data.putLong(0, random.nextLong());
        ObservingHost.expect(
                Status.OK, provider.appendData(handle, List.of(data), DataType.ORDERED, true), "append data");
    }
}
