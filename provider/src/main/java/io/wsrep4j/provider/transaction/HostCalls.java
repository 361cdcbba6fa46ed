package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.provider.log.NodeLog;
import java.nio.ByteBuffer;

/** Hands write sets to the host (docs/spec/wsrep-api-v26.md 6.1). Thread-safe; holds no lock while it calls. */
final class HostCalls {

    private final Host host;
    private final NodeLog log;

    HostCalls(Host host, NodeLog log) {
        this.host = host;
        this.log = log;
    }

    /** Lets the host apply the write set; a host that throws has failed. Blocks. */
    ApplyResult apply(ApplierContext context, OrderedEvent writeSet, Uuid history) {
        TransactionMeta meta = new TransactionMeta();
        writeSet.describe(meta, history);
        WriteSetHandle handle = new WriteSetHandle(writeSet.writeSet().transactionId(), writeSet);
        int flags = writeSet.flags() & TransactionFlags.MASK;
        try {
            return host.apply(context, handle, flags, writeSet.writeSet().data(), meta);
        } catch (RuntimeException e) {
            log.failed("the host's apply callback threw for " + writeSet, e);
            return ApplyResult.FAILURE;
        }
    }

    /** Lets the host have the unordered data, if there is any; whatever comes of it. */
    void unordered(ApplierContext context, OrderedEvent writeSet) {
        ByteBuffer data = writeSet.writeSet().unordered();
        if (!data.hasRemaining()) {
            return;
        }
        try {
            if (host.unordered(context, data) != CallbackStatus.SUCCESS) {
                log.warn("the host failed to apply the unordered data of " + writeSet);
            }
        } catch (RuntimeException e) {
            log.failed("the host's unordered callback threw for " + writeSet, e);
        }
    }
}
