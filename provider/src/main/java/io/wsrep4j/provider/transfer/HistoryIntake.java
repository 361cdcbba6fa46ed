package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.View;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.MalformedMessage;
import io.wsrep4j.ist.IstEvent;
import io.wsrep4j.ist.IstException;
import io.wsrep4j.ist.IstSink;
import io.wsrep4j.provider.ClusterViews;
import io.wsrep4j.provider.cache.ActionCache;
import io.wsrep4j.provider.transaction.NodeParts;
import io.wsrep4j.provider.transaction.OrderedEvent;
import io.wsrep4j.provider.transaction.Transactions;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import java.nio.ByteBuffer;

/**
 * Takes what a donor sends: puts it into the cache, into the certification index where it belongs there, and up for applying (sheet
 * replicator-state-transfer, 21.1 and 22). Runs on the receiver's thread; certification is its own meanwhile, because the thread that handles the
 * configuration change holds the local order.
 */
final class HistoryIntake implements IstSink {

    private final NodeParts node;
    private final Transactions transactions;
    private final ProtocolAgreement agreement;
    private final TransferEvents events;
    private ActionBuffer reserved;

    HistoryIntake(NodeParts node, Transactions transactions, ProtocolAgreement agreement, TransferEvents events) {
        this.node = node;
        this.transactions = transactions;
        this.agreement = agreement;
        this.events = events;
    }

    private ActionCache cache() {
        return node.cache();
    }

    @Override
    public ByteBuffer reserve(long seqno, IstEvent.Kind kind, boolean preload, int length) throws IstException {
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
        } catch (CorruptWriteSetException | MalformedMessage | IllegalStateException e) {
            throw new IstException(Errno.EINVAL, "seqno " + event.seqno() + " of the transfer: " + e.getMessage(), e);
        } catch (IstException e) {
            throw e;
        } catch (Throwable thrown) {
            node.failStop().failed("receiving history", event.seqno(), thrown);
            throw new IstException(Errno.EIO, "seqno " + event.seqno() + " of the transfer: " + thrown, thrown);
        }
    }

    private void skipped(long seqno, boolean preload, boolean mustApply) throws InterruptedException, IstException {
        if (!cache().contains(seqno)) {
            cache().publishSkipped(seqno);
        } else if (!preload) {
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
        ActionBuffer buffer = publishedWriteSet(seqno);
        if (!preload && !mustApply) {
            buffer.release();
            return;
        }
        OrderedEvent event = transactions.historicEvent(buffer, seqno);
        if (!node.certification().isStarted()) {
            node.certification().start(seqno - 1, event);
        }
        if (preload) {
            preload(event, mustApply);
        }
        if (mustApply) {
            events.add(new TransferEvents.Item.Apply(event));
        } else {
            node.certification().settled(event);
        }
    }

    /** What is open of non-blocking operations must be known here only if this node takes part in it. */
    private void preload(OrderedEvent event, boolean mustApply) {
        if (!event.isNonBlocking()) {
            node.certification().preload(event);
        } else if (mustApply) {
            node.certification().preloadNonBlocking(event);
        } else {
            node.certification().preloadSkipped(event.seqno());
        }
    }

    private ActionBuffer publishedWriteSet(long seqno) throws IstException {
        if (reserved == null) {
            return reclaimed(seqno);
        }
        ActionBuffer buffer = reserved;
        reserved = null;
        cache().publishWriteSet(buffer, seqno, false);
        return buffer;
    }

    private ActionBuffer reclaimed(long seqno) throws IstException {
        ActionBuffer buffer = cache().reclaim(seqno);
        if (buffer == null) {
            throw new IstException(Errno.EIO, "seqno " + seqno + " has left the write-set cache during the transfer");
        }
        return buffer;
    }

    private void configuration(long seqno, boolean preload, boolean mustApply)
            throws MalformedMessage, InterruptedException, IstException {
        ActionBuffer buffer = reserved;
        reserved = null;
        if (buffer == null) {
            buffer = reclaimed(seqno);
        } else {
            cache().publishConfiguration(buffer, seqno);
        }
        try {
            ConfigurationChange change =
                    ConfigurationChange.decode(buffer.bytes().duplicate().clear());
            if (!preload && !mustApply) {
                return;
            }
            if (!node.certification().isStarted()) {
                node.certification().start(seqno - 1, change.replicatorProtocol());
            }
            if (mustApply) {
                node.orders().drain(seqno - 1);
            }
            agreement.agreeFromHistory(change);
            if (mustApply) {
                View view = ClusterViews.of(change, io.wsrep4j.api.Uuid.UNDEFINED);
                node.orders().enterBoth(seqno);
                events.add(new TransferEvents.Item.Show(view, seqno));
            }
        } finally {
            buffer.release();
        }
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
        events.end(error);
    }
}
