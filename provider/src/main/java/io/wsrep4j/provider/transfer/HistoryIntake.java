package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.View;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.MalformedMessageException;
import io.wsrep4j.ist.IstEvent;
import io.wsrep4j.ist.IstException;
import io.wsrep4j.ist.IstSink;
import io.wsrep4j.provider.cache.ActionCache;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.transaction.OrderedEvent;
import io.wsrep4j.provider.transaction.Transactions;
import io.wsrep4j.provider.view.ClusterViews;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Takes what a donor sends: puts it into the cache, into the certification index where it belongs there, and up for applying
 * (docs/spec/replicator-state-transfer.md 21.1 and 22). Runs on the receiver's thread; certification is its own meanwhile, because the thread that
 * handles the configuration change holds the local order.
 */
final class HistoryIntake implements IstSink {

    private final NodeParts node;
    private final Transactions transactions;
    private final ProtocolAgreement agreement;
    private final TransferEvents events;
    private ActionBuffer reserved;
    private ConfigurationChange reason;
    /** What comes is in the cache already: this node reads it there. */
    private boolean own;

    private volatile boolean otherHistory;

    HistoryIntake(NodeParts node, Transactions transactions, ProtocolAgreement agreement, TransferEvents events) {
        this.node = node;
        this.transactions = transactions;
        this.agreement = agreement;
        this.events = events;
    }

    /**
     * A transfer begins. Before the stream is read.
     *
     * @param change what made it necessary: the stream must lead to it
     */
    void expect(ConfigurationChange change) {
        expect(change, false);
    }

    /** As {@link #expect}, of events that this node's own cache holds. */
    void expectOwn(ConfigurationChange change) {
        expect(change, true);
    }

    private void expect(ConfigurationChange change, boolean fromOwnCache) {
        reason = change;
        own = fromOwnCache;
        otherHistory = false;
    }

    /** True once the stream has shown that it is not of the group's history. Any thread. */
    boolean metOtherHistory() {
        return otherHistory;
    }

    private IstException otherHistory(String evidence) {
        otherHistory = true;
        return new IstException(Errno.EREMCHG, evidence);
    }

    private ActionCache cache() {
        return node.cache();
    }

    @Override
    public ByteBuffer reserve(long seqno, IstEvent.Kind kind, boolean preload, int length) throws IstException {
        checkKind(seqno, kind);
        if (cache().contains(seqno)) {
            return null;
        }
        try {
            reserved = cache().allocate(length);
        } catch (RuntimeException e) {
            throw new IstException(
                    Errno.EIO, "no room for seqno " + seqno + " in the write-set cache: " + e.getMessage(), e);
        }
        return reserved.bytes();
    }

    @Override
    public void ordered(IstEvent event, boolean preload, boolean mustApply) throws IstException {
        try {
            switch (event.kind()) {
                case SKIPPED -> skipped(event.seqno(), preload, mustApply);
                case WRITE_SET -> writeSet(event.seqno(), preload, mustApply);
                case CONFIGURATION_CHANGE -> configuration(event.seqno(), preload, mustApply);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IstException(Errno.ECANCELED, "interrupted at seqno " + event.seqno(), e);
        } catch (CorruptWriteSetException | MalformedMessageException | IllegalStateException e) {
            throw new IstException(Errno.EINVAL, "seqno " + event.seqno() + " of the transfer: " + e.getMessage(), e);
        } catch (IstException e) {
            throw e;
        } catch (Throwable thrown) {
            node.failStop().failed("receiving history", event.seqno(), thrown);
            throw new IstException(Errno.EIO, "seqno " + event.seqno() + " of the transfer: " + thrown, thrown);
        }
    }

    /** At one place this node knows what the group has. */
    private void checkKind(long seqno, IstEvent.Kind kind) throws IstException {
        if (seqno == reason.position().seqno()
                && ClusterViews.isOrdered(reason)
                && kind != IstEvent.Kind.CONFIGURATION_CHANGE) {
            throw otherHistory("seqno " + seqno + " is a configuration change of the group, not a " + kind);
        }
    }

    private void skipped(long seqno, boolean preload, boolean mustApply) throws InterruptedException, IstException {
        checkKind(seqno, IstEvent.Kind.SKIPPED);
        if (!cache().contains(seqno)) {
            cache().publishSkipped(seqno);
        } else if (!preload && !own) {
            throw new IstException(Errno.EINVAL, "Attempt to reuse the same seqno: " + seqno);
        }
        if (preload && node.certification().isStarted()) {
            node.certification().preloadSkipped(seqno);
        }
        if (mustApply) {
            events.add(new TransferEvents.Item.Apply(transactions.skippedEvent(seqno)));
        }
    }

    private void writeSet(long seqno, boolean preload, boolean mustApply)
            throws CorruptWriteSetException, InterruptedException, IstException {
        ActionBuffer buffer = reserved == null ? reclaimed(seqno) : reserved;
        OrderedEvent event = transactions.historicEvent(buffer, seqno);
        if (reserved != null) {
            cache().publishWriteSet(buffer, seqno, false);
            reserved = null;
        }
        if (!preload && !mustApply) {
            buffer.release();
            return;
        }
        if (!node.certification().isStarted()) {
            node.certification().start(seqno - 1, event.ordered());
        }
        if (preload) {
            preload(event, mustApply);
        }
        if (mustApply) {
            events.add(new TransferEvents.Item.Apply(event));
        } else {
            // the index has it, and nobody applies it
            node.certification().settled(event.ordered());
            transactions.forgetHistoric(event);
        }
    }

    /** What is open of non-blocking operations must be known here only if this node takes part in it. */
    private void preload(OrderedEvent event, boolean mustApply) {
        if (!event.isNonBlocking()) {
            node.certification().preload(event.ordered());
        } else if (mustApply) {
            node.certification().preloadNonBlocking(event.ordered());
        } else {
            node.certification().preloadSkipped(event.seqno());
        }
    }

    private ActionBuffer reclaimed(long seqno) throws IstException {
        ActionBuffer buffer = cache().reclaim(seqno);
        if (buffer == null) {
            throw new IstException(Errno.EIO, "seqno " + seqno + " has left the write-set cache during the transfer");
        }
        return buffer;
    }

    private void configuration(long seqno, boolean preload, boolean mustApply)
            throws MalformedMessageException, InterruptedException, IstException {
        ActionBuffer buffer = reserved == null ? reclaimed(seqno) : reserved;
        ConfigurationChange change =
                ConfigurationChange.decode(buffer.bytes().duplicate().clear());
        checkHistory(seqno, change);
        if (reserved != null) {
            cache().publishConfiguration(buffer, seqno);
            reserved = null;
        }
        try {
            if (!preload && !mustApply) {
                return;
            }
            if (!node.certification().isStarted()) {
                node.certification().start(seqno - 1, change.replicatorProtocol());
            }
            if (mustApply) {
                events.awaitApplied();
                // what waits for an applier's other hand, too
                node.orders().drain(seqno - 1);
            }
            agreement.agreeFromHistory(change);
            if (mustApply) {
                View view = ClusterViews.of(change, Uuid.UNDEFINED);
                node.orders().enterBoth(seqno);
                events.add(new TransferEvents.Item.Show(view, seqno));
            }
        } finally {
            buffer.release();
        }
    }

    private void checkHistory(long seqno, ConfigurationChange change) throws IstException {
        Gtid own = new Gtid(reason.position().uuid(), seqno);
        boolean sameAsHere = seqno != reason.position().seqno()
                || change.configurationId() == reason.configurationId()
                        && ids(change).equals(ids(reason));
        if (!change.isPrimary() || !change.position().equals(own) || !sameAsHere) {
            throw otherHistory("the configuration change at " + own + " is not the group's: it says "
                    + change.position() + ", configuration " + change.configurationId() + " of "
                    + change.members().size() + " members");
        }
    }

    private static List<Uuid> ids(ConfigurationChange change) {
        return change.members().stream()
                .map(ConfigurationChange.ConfigurationMember::id)
                .toList();
    }

    @Override
    public void ended(long lastSeqno, IstException error) {
        if (reserved != null) {
            reserved.release();
            reserved = null;
        }
        if (error == null && lastSeqno != Seqno.UNDEFINED) {
            node.log().info("incremental state transfer received up to seqno " + lastSeqno);
        }
        for (TransferEvents.Item item : events.end(error)) {
            if (item instanceof TransferEvents.Item.Apply apply) {
                transactions.forgetHistoric(apply.event());
            }
        }
    }
}
