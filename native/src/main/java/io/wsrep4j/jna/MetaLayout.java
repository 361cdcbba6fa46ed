package io.wsrep4j.jna;

import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;

/** {@code wsrep_trx_meta_t} in memory (docs/spec/wsrep-api-v26.md 3.3). Buffers are in the machine's byte order. */
final class MetaLayout {

    static final int HISTORY = 0;
    static final int SEQNO = 16;
    static final int SOURCE_NODE = 24;
    static final int TRANSACTION = 40;
    static final int CONNECTION = 48;
    static final int DEPENDS_ON = 56;
    static final int BYTES = 64;

    private MetaLayout() {}

    static void write(TransactionMeta meta, ByteBuffer target, int at) {
        meta.historyUuid().write(target, at + HISTORY);
        target.putLong(at + SEQNO, meta.seqno());
        meta.sourceNode().write(target, at + SOURCE_NODE);
        target.putLong(at + TRANSACTION, meta.transactionId());
        target.putLong(at + CONNECTION, meta.connectionId());
        target.putLong(at + DEPENDS_ON, meta.dependsOn());
    }

    static void read(ByteBuffer source, int at, TransactionMeta meta) {
        meta.setOrdered(Uuid.read(source, at + HISTORY), source.getLong(at + SEQNO), source.getLong(at + DEPENDS_ON));
        meta.setSource(
                Uuid.read(source, at + SOURCE_NODE), source.getLong(at + TRANSACTION), source.getLong(at + CONNECTION));
    }
}
