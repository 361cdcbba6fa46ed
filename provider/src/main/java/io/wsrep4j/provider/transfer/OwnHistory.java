package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.View;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.MalformedMessageException;
import io.wsrep4j.ist.IstEvent;
import io.wsrep4j.ist.IstException;
import io.wsrep4j.provider.cache.CacheSource;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.view.ClusterViews;
import java.nio.ByteBuffer;

/**
 * What this node's own write-set cache holds beyond the position of the host's data, after a crash that took the host's last commits and left the
 * cache's file (docs/spec/replicator-state-transfer.md 31.21). The node is its own donor: what it has claimed before the group it applies by itself.
 *
 * <p>{@link #apply} belongs to the thread that handles the configuration change, inside the local order; the rest is called before the connection, or by
 * that thread.
 */
final class OwnHistory {

    private final NodeParts node;
    private final Host host;
    private final String nodeName;
    private final TransferEvents events;
    private final HistoryIntake intake;
    private final HistoryApplication application;

    /** Keeps what was claimed from being discarded; null if nothing is claimed. */
    private CacheSource source;

    private Gtid before = Gtid.UNDEFINED;
    private long last = Seqno.UNDEFINED;

    /** Why the cache cannot be read further. */
    private volatile IstException failure;

    OwnHistory(
            NodeParts node,
            Host host,
            String nodeName,
            TransferEvents events,
            HistoryIntake intake,
            HistoryApplication application) {
        this.node = node;
        this.host = host;
        this.nodeName = nodeName;
        this.events = events;
        this.intake = intake;
        this.application = application;
    }

    /**
     * Keeps what the cache holds next after the host's position, and discards everything newer than the position if that does not follow it.
     *
     * @param position of the host's data
     */
    void claim(Gtid position) {
        long reaches = node.cache().reaches(position);
        source = reaches > position.seqno() ? node.cache().source(position.seqno() + 1, reaches) : null;
        if (source == null) {
            warnOfGap(position);
            node.cache().reset(position.uuid(), position.seqno());
            return;
        }
        before = position;
        last = reaches;
        node.log()
                .info("the write-set cache goes on from " + position + ", where the host's data ends, to seqno " + last
                        + ": if no member of the group has more, this node applies " + (last - position.seqno())
                        + " write sets from there");
    }

    private void warnOfGap(Gtid position) {
        long lowest = node.cache().lowestSeqno();
        if (node.cache().holdsHistory(position.uuid()) && lowest > position.seqno() + 1) {
            node.log()
                    .warn("the write-set cache holds nothing of what follows " + position
                            + ", where the host's data ends, until seqno " + lowest + " of the same history: "
                            + (lowest - position.seqno() - 1)
                            + " write sets are missing between them, so what comes after the gap does not count");
        }
    }

    /** How far this node can bring itself; {@link Seqno#UNDEFINED} if no further than the host is. */
    long claimed() {
        return source == null ? Seqno.UNDEFINED : last;
    }

    /** The group takes this node for one that has everything up to here, because of what it claimed. */
    boolean isDue(Gtid position) {
        return source != null
                && position.uuid().equals(before.uuid())
                && position.seqno() == last
                && node.orders().applied() == before.seqno();
    }

    /** The group's history is another one, or has gone on without this node: what it lacks comes from a donor. */
    void forgo(Gtid group) {
        if (source == null) {
            return;
        }
        node.log()
                .info("what the write-set cache holds beyond " + before + ", up to seqno " + last
                        + ", is discarded: the group is at " + group);
        end();
        node.cache().reset(before.uuid(), before.seqno());
    }

    /** Nothing will be applied any more; what was claimed stays in the cache's file, for the next start. */
    void close() {
        if (source != null) {
            end();
        }
    }

    private void end() {
        source.close();
        source = null;
    }

    /**
     * Has the host apply it. Blocks until that is done.
     *
     * @param change the configuration that counts it as applied
     * @throws StateTransferException if it cannot be: this node must leave
     */
    void apply(ApplierContext context, ConfigurationChange change) throws StateTransferException {
        String range = before.seqno() + 1 + "-" + last;
        node.log().info("Applying " + range + " from the own write-set cache");
        long began = System.nanoTime();
        node.savedState()
                .set(
                        new Gtid(before.uuid(), Seqno.UNDEFINED),
                        node.savedState().contents().safeToBootstrap());
        try {
            show(context, change);
            applyAll(context, change);
        } finally {
            end();
        }
        requireWhole();
        node.orders().drain(last);
        node.log().info("Applied " + range + " in " + (System.nanoTime() - began) / 1_000_000 + " ms");
    }

    /** The host opens its storage at the first view, and only then can apply. */
    private void show(ApplierContext context, ConfigurationChange change) throws StateTransferException {
        View now = ClusterViews.of(change, node.situation().ownId());
        View view = ClusterViews.takingUp(before, now, configurationThere());
        if (host.view(context, view) != CallbackStatus.SUCCESS) {
            throw new StateTransferException("the host failed in its view callback at " + before);
        }
    }

    private ConfigurationChange configurationThere() throws StateTransferException {
        ByteBuffer bytes = node.cache().lastConfiguration(before.seqno());
        try {
            return bytes == null ? null : ConfigurationChange.decode(bytes);
        } catch (MalformedMessageException e) {
            throw new StateTransferException(
                    "the last configuration before " + before + " in the own write-set cache cannot be read: "
                            + e.getMessage(),
                    e);
        }
    }

    private void applyAll(ApplierContext context, ConfigurationChange change) {
        events.open(this::isGivenUp);
        intake.expectOwn(change);
        failure = null;
        Thread feeder = new Thread(this::feed, "wsrep4j-own-history-" + nodeName);
        feeder.setDaemon(true);
        feeder.start();
        boolean interrupted = false;
        try {
            application.run(context);
        } catch (IstException e) {
            // the thread that feeds has it, too, whoever gets it here
            node.log().debug("the own write-set cache: " + e.getMessage());
        } catch (InterruptedException e) {
            events.giveUp();
            interrupted = true;
        }
        while (feeder.isAlive()) {
            try {
                feeder.join();
            } catch (InterruptedException e) {
                events.giveUp();
                interrupted = true;
            }
        }
        events.awaitIdle();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isGivenUp() {
        return node.group().isLost() || node.failStop().hasFailed();
    }

    /** Reads the cache as a donor's stream would come. */
    private void feed() {
        try {
            for (IstEvent event = source.next(); event != null; event = source.next()) {
                intake.ordered(event, false, true);
            }
        } catch (IstException e) {
            failure = e;
        } catch (RuntimeException | Error thrown) {
            node.failStop().failed("reading the own write-set cache", Seqno.UNDEFINED, thrown);
            failure = new IstException(Errno.EIO, String.valueOf(thrown), thrown);
        }
        intake.ended(Seqno.UNDEFINED, failure);
    }

    private void requireWhole() throws StateTransferException {
        if (failure == null && !node.situation().isCorrupt() && !isGivenUp()) {
            return;
        }
        Gtid applied = node.orders().appliedGtid();
        String outcome = "the own write-set cache, which goes on from " + before + " to seqno " + last
                + ", could be applied only up to " + applied;
        if (failure == null || isGivenUp()) {
            throw new StateTransferException(outcome + "; the next start goes on from there");
        }
        // or the next start would claim, and fail, again
        node.cache().reset(applied.uuid(), applied.seqno());
        throw new StateTransferException(
                outcome + ": " + failure.getMessage()
                        + ". The rest of it is discarded; start this node again, it goes on with what it has",
                failure);
    }
}
