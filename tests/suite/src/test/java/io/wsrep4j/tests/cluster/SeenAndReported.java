package io.wsrep4j.tests.cluster;

import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.group.message.ActionFragment;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.MalformedMessageException;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetFlags;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares, along the group's order, what each write set says its sender had seen with what the same sender has reported before: the group may purge
 * what is reported. Thread-safe.
 */
final class SeenAndReported implements GroupListener {

    private final WriteSetReader reader = new WriteSetReader();
    private final ActionFragment fragment = new ActionFragment();
    private final Map<Uuid, Long> reported = new HashMap<>();
    private final Map<Uuid, Long> highest = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private GroupView view;
    private int writeSets;
    private int reports;

    @Override
    public synchronized void onView(GroupView next) {
        view = next;
    }

    @Override
    public synchronized void onMessage(int senderIndex, int type, ByteBuffer payload) {
        Uuid sender = view.members().get(senderIndex).id();
        try {
            if (type == MessageType.LAST.code()) {
                reported.merge(sender, CodeMessage.decode(payload).position().seqno(), Math::max);
                reports++;
            } else if (type == MessageType.ACTION.code()) {
                fragment.wrap(payload);
                ByteBuffer bytes = fragment.data();
                // larger ones come in pieces, and are stamped by the same code
                if (fragment.number() == 0
                        && bytes.remaining() == fragment.actionSize()
                        && fragment.typeCode() == ActionType.WRITE_SET.code()) {
                    check(sender, reader.read(bytes, bytes.position(), bytes.remaining(), 0, sender));
                }
            }
        } catch (MalformedMessageException | CorruptWriteSetException e) {
            throw new AssertionError(e);
        }
    }

    private void check(Uuid sender, WriteSet writeSet) {
        writeSets++;
        long seen = writeSet.seqnoField();
        if (seen < reported.getOrDefault(sender, 0L)) {
            violations.add(writeSet + " after the report of " + reported.get(sender));
        }
        if (seen < highest.getOrDefault(sender, 0L)) {
            violations.add(writeSet + " after one that had seen " + highest.get(sender));
        }
        boolean continues =
                (writeSet.flags() & TransactionFlags.TRX_START) == 0 && !WriteSetFlags.isTotalOrder(writeSet.flags());
        if (!continues) {
            // a later fragment has always seen the one before it, whatever else is settled
            highest.merge(sender, seen, Math::max);
        }
    }

    @Override
    public void onCausal(long token) {}

    @Override
    public void onLeft(GroupException error) {}

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized int writeSets() {
        return writeSets;
    }

    synchronized int reports() {
        return reports;
    }
}
