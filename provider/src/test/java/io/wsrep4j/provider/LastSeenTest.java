package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Key;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.gcomm.group.message.ActionFragment;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetFlags;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a write set says it has seen is true of its place in the order, not of the moment when its sender began to wait for that place: else the group
 * may purge what a later write set has not seen (docs/spec/writeset-certification.md 8.12).
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LastSeenTest {

    private static final int SENDERS = 12;
    private static final int EACH = 150;

    /** The ways in which something can be sent. */
    private enum Way {
        TRANSACTION,
        FRAGMENTS,
        ROLLED_BACK_FRAGMENT,
        CERTIFIED_ROLLBACK,
        ISOLATED,
        NON_BLOCKING,
        PREORDERED
    }

    @TempDir
    Path directory;

    private final AtomicLong ids = new AtomicLong(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @Test
    void alongTheOrderNobodyHasSeenLessThanWasSeenOrReportedBefore() throws Exception {
        String address = RecordedChannelFactory.SCHEME + "://" + directory;
        SingleNode node = new SingleNode(directory, "");
        node.connect(address);
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            Random random = new Random(i);
            Thread sender = new Thread(() -> send(node, random), "sender " + i);
            sender.setDaemon(true);
            sender.start();
            senders.add(sender);
        }
        for (Thread sender : senders) {
            while (sender.isAlive()) {
                sender.join(100);
                if (failure.get() != null) {
                    // what it had ordered holds up the others, and the node's end
                    throw new AssertionError(failure.get());
                }
            }
        }
        node.close();
        check(RecordedChannelFactory.sentTo(address));
    }

    private void send(SingleNode node, Random random) {
        try {
            for (int i = 0; i < EACH && failure.get() == null; i++) {
                // isolation is slow company
                int way = random.nextInt(3 * Way.values().length);
                send(node, way < Way.values().length ? Way.values()[way] : Way.TRANSACTION, ids.incrementAndGet());
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    private static void send(SingleNode node, Way way, long id) {
        switch (way) {
            case TRANSACTION -> node.commit(id, "row" + id);
            case FRAGMENTS -> {
                WriteSetHandle handle = fragment(node, node.append(id, "row" + id), 0x40);
                node.append(handle, "more" + id);
                fragment(node, handle, 0x01);
            }
            case ROLLED_BACK_FRAGMENT -> {
                WriteSetHandle handle = fragment(node, node.append(id, "row" + id), 0x40);
                assertThat(node.provider.rollback(id, null)).isEqualTo(Status.OK);
                node.provider.release(handle);
            }
            case CERTIFIED_ROLLBACK -> {
                WriteSetHandle handle = fragment(node, node.append(id, "row" + id), 0x40);
                assertThat(node.provider.certify(1, handle, 0x02, new TransactionMeta()))
                        .isEqualTo(Status.OK);
                node.provider.release(handle);
            }
            case ISOLATED -> isolated(node, id, 0x41, new TransactionMeta());
            case NON_BLOCKING -> {
                TransactionMeta meta = new TransactionMeta();
                if (isolated(node, id, 0x40, meta)) {
                    isolated(node, id, 0x01, meta);
                }
            }
            case PREORDERED -> {
                WriteSetHandle handle = new WriteSetHandle(id);
                node.provider.preorderedCollect(handle, List.of(ByteBuffer.allocate(8)), true);
                assertThat(node.provider.preorderedCommit(handle, new Uuid(7, 7), 0x41, 1, true))
                        .isEqualTo(Status.OK);
            }
        }
    }

    private static WriteSetHandle fragment(SingleNode node, WriteSetHandle handle, int flags) {
        TransactionMeta meta = new TransactionMeta();
        assertThat(node.provider.certify(1, handle, flags, meta)).isEqualTo(Status.OK);
        assertThat(node.provider.commitOrderEnter(handle, meta)).isEqualTo(Status.OK);
        assertThat(node.provider.commitOrderLeave(handle, meta, null)).isEqualTo(Status.OK);
        assertThat(node.provider.release(handle)).isEqualTo(Status.OK);
        return handle;
    }

    /** False if it lost against another one, which is in the order all the same. */
    private static boolean isolated(SingleNode node, long connection, int flags, TransactionMeta meta) {
        List<Key> keys = List.of(Key.of("isolated", "t" + connection));
        List<ByteBuffer> data = List.of(ByteBuffer.allocate(8));
        Status status = node.provider.toExecuteStart(connection, keys, data, flags, meta);
        assertThat(status).isIn(Status.OK, Status.TRANSACTION_FAIL);
        assertThat(node.provider.toExecuteEnd(connection, null)).isEqualTo(Status.OK);
        return status == Status.OK;
    }

    private static void check(List<RecordedChannelFactory.Message> sent) throws Exception {
        Map<Way, Integer> seenWays = new EnumMap<>(Way.class);
        List<String> violations = new ArrayList<>();
        ActionFragment fragment = new ActionFragment();
        long highest = 0;
        long reported = 0;
        int reports = 0;
        for (RecordedChannelFactory.Message message : sent) {
            if (message.type() == MessageType.LAST.code()) {
                reported = Math.max(
                        reported,
                        CodeMessage.decode(message.bytes().duplicate())
                                .position()
                                .seqno());
                reports++;
            } else if (message.type() == MessageType.ACTION.code()) {
                fragment.wrap(message.bytes().duplicate());
                ByteBuffer bytes = fragment.data();
                WriteSet writeSet =
                        new WriteSetReader().read(bytes, bytes.position(), bytes.remaining(), 0, new Uuid(1, 1));
                Way way = way(writeSet);
                seenWays.merge(way, 1, Integer::sum);
                long seen = writeSet.seqnoField();
                if (way != Way.PREORDERED && seen < reported) {
                    violations.add(writeSet + " after LAST " + reported);
                }
                // a later fragment has always seen the one before, whatever else is settled
                boolean mayBeFurther = way == Way.FRAGMENTS || way == Way.CERTIFIED_ROLLBACK;
                if (way != Way.PREORDERED && seen < highest) {
                    violations.add(writeSet + " after one that had seen " + highest);
                }
                highest = mayBeFurther ? highest : Math.max(highest, seen);
            }
        }
        assertThat(violations).isEmpty();
        assertThat(reports).isGreaterThan(2);
        assertThat(seenWays.keySet()).contains(Way.values());
    }

    private static Way way(WriteSet writeSet) {
        int flags = writeSet.flags();
        if ((flags & WriteSetFlags.PREORDERED) != 0) {
            return Way.PREORDERED;
        }
        if (WriteSetFlags.isTotalOrder(flags)) {
            return WriteSetFlags.isNonBlockingStart(flags) || WriteSetFlags.isNonBlockingEnd(flags)
                    ? Way.NON_BLOCKING
                    : Way.ISOLATED;
        }
        return switch (flags) {
            case 0x41 -> Way.TRANSACTION;
            case 0x40, 0x01 -> Way.FRAGMENTS;
            case WriteSetFlags.ROLLBACK_FRAGMENT ->
                writeSet.connectionId() == TransactionSource.UNDEFINED_ID
                        ? Way.ROLLED_BACK_FRAGMENT
                        : Way.CERTIFIED_ROLLBACK;
            default -> throw new AssertionError("nobody sent " + writeSet);
        };
    }
}
