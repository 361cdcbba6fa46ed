package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.View;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.gcache.CacheSettings;
import io.wsrep4j.gcache.HostCipher;
import io.wsrep4j.gcache.WriteSetCache;
import io.wsrep4j.gcache.WriteSetCursor;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.connection.GroupConnection;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.provider.cache.ActionCache;
import io.wsrep4j.provider.certification.Certification;
import io.wsrep4j.provider.certification.CertificationOptions;
import io.wsrep4j.provider.log.NodeLog;
import io.wsrep4j.provider.node.FailStop;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.node.TransactionFigures;
import io.wsrep4j.provider.node.TransactionSettings;
import io.wsrep4j.provider.order.Orders;
import io.wsrep4j.provider.state.NodeSituation;
import io.wsrep4j.provider.state.SavedState;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import io.wsrep4j.provider.writeset.WriteSetKind;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The parts of a node, put together as in production and at a position, but in no group: a test delivers what the group would. */
final class UnconnectedNode implements AutoCloseable {

    static final Uuid HISTORY = Uuid.parse("11111111-0000-0000-0000-000000000001");
    static final Uuid A = Uuid.parse("aaaaaaaa-0000-0000-0000-000000000001");
    static final Uuid B = Uuid.parse("bbbbbbbb-0000-0000-0000-000000000002");
    static final int WHOLE = TransactionFlags.TRX_START | TransactionFlags.TRX_END;
    static final ApplierContext APPLIER = new ApplierContext() {};

    /** What the host was given to apply: seqno and flags. */
    final List<String> applied = new ArrayList<>();
    /** Why this node found that it must leave. */
    final List<String> inconsistencies = new ArrayList<>();
    /** Seqnos that the group was to be told of. */
    final List<Long> reported = new ArrayList<>();

    final NodeParts parts;
    final CertificationTurn certificationTurn;
    final RemoteApplication remote;
    private final WriteSetCache memory;

    /**
     * @param settled everything up to here is applied
     * @param certified the certification index begins after this seqno, empty
     */
    UnconnectedNode(Path directory, long settled, long certified) throws IOException {
        memory =
                WriteSetCache.open(CacheSettings.in(directory).ringSize(1 << 20).build(), HostCipher.NONE);
        ActionCache cache = new ActionCache(memory);
        cache.reset(HISTORY, certified);
        NodeIdentity identity = new NodeIdentity(
                "n1", "", new Protocols(NodeIdentity.GROUP_PROTOCOL, WriteSetFormat.MAX_PROTOCOL, 4), 0, false);
        Group group = new GroupConnection(identity, GroupOptions.parse(Map.of()), cache);
        Orders orders = new Orders(Orders.CommitRule.IN_ORDER);
        NodeSituation situation = new NodeSituation(inconsistencies::add);
        SavedState savedState = SavedState.open(directory, inconsistencies::add);
        NodeLog log = new NodeLog(host());
        parts = new NodeParts(
                group,
                cache,
                orders,
                new Certification(new CertificationOptions(), held -> {}, System::nanoTime),
                situation,
                savedState,
                new TransactionSettings(Integer.MAX_VALUE, 0, KeyFormat.FLAT8),
                new TransactionFigures(),
                reported::add,
                new FailStop(situation, orders, savedState, group, log, "n1"),
                log);
        parts.situation().history(HISTORY);
        parts.orders().initialPosition(HISTORY, settled);
        parts.certification().start(certified, WriteSetFormat.MAX_PROTOCOL);
        EventEnd eventEnd = new EventEnd(parts);
        certificationTurn = new CertificationTurn(parts, new PendingCertification(), eventEnd);
        remote = new RemoteApplication(
                parts,
                new Sending(parts),
                certificationTurn,
                eventEnd,
                new HostCalls(host(), parts.log()),
                new NonBlockingWaits(),
                new ErrorVoting(parts));
    }

    /** A write set as its origin sent it. */
    ActionBuffer sent(Uuid source, int flags, long lastSeen, String... rows) {
        WriteSetBuilder builder = new WriteSetBuilder(parts.settings().format());
        for (String row : rows) {
            builder.appendKey(Key.of("db", "t", row), KeyType.EXCLUSIVE);
        }
        builder.appendData(ByteBuffer.allocate(8), DataType.ORDERED, true);
        builder.appendZeroLevelKey(WriteSetKind.TRANSACTION);
        ActionBuffer buffer = parts.cache().allocate(Math.toIntExact(builder.sealedBytes()));
        builder.seal(buffer.bytes(), 0, flags, source, 1, 1);
        builder.stampForSending(buffer.bytes(), 0, lastSeen, 65535, 0);
        return buffer;
    }

    /** What a transaction of this node holds once the group has ordered its write set. */
    OrderedEvent ordered(ActionBuffer sent, long localSeqno, long seqno) throws CorruptWriteSetException {
        return OrderedEvent.fromGroup(
                new WriteSetReader().read(sent.bytes(), 0, sent.size(), seqno, A), sent, localSeqno, seqno, true);
    }

    /** The group delivers a write set that nobody here waits for. */
    void deliver(ActionBuffer sent, long localSeqno, long seqno) throws CorruptWriteSetException {
        remote.process(APPLIER, new GroupAction.WriteSet(localSeqno, seqno, B, false, sent));
    }

    /** What this node's history says of a seqno; null if it does not have it. */
    String kept(long seqno) {
        try (WriteSetCursor cursor = memory.newCursor()) {
            return !cursor.seek(seqno)
                    ? null
                    : cursor.isSkipped() ? "skipped" : cursor.kind().toString();
        }
    }

    @Override
    public void close() throws IOException {
        parts.cache().close();
        parts.savedState().close();
    }

    private Host host() {
        return new Host() {
            @Override
            public void log(LogLevel level, String message) {}

            @Override
            public CallbackStatus connected(View view) {
                throw new AssertionError("in no group");
            }

            @Override
            public CallbackStatus view(ApplierContext context, View view) {
                throw new AssertionError("in no group");
            }

            @Override
            public ByteBuffer sstRequest() {
                throw new AssertionError("in no group");
            }

            @Override
            public CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass) {
                throw new AssertionError("in no group");
            }

            @Override
            public ApplyResult apply(
                    ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta) {
                applied.add(meta.seqno() + " " + TransactionFlags.describe(flags));
                return ApplyResult.SUCCESS;
            }

            @Override
            public CallbackStatus synced() {
                throw new AssertionError("in no group");
            }
        };
    }
}
