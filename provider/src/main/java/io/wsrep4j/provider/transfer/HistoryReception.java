package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.transport.TransportException;
import io.wsrep4j.ist.IstException;
import io.wsrep4j.ist.IstNeed;
import io.wsrep4j.ist.IstOptions;
import io.wsrep4j.ist.IstReceiver;
import io.wsrep4j.ist.IstRequest;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.options.ProviderOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.slf4j.LoggerFactory;

/**
 * The joiner's part that receives history: a listener, the request that tells of it, and what becomes of the stream (docs/spec/replicator-state-transfer.md
 * 18 and 22). {@link #listen} and {@link #take} belong to the thread that runs the joiner's procedure; the rest is for any thread.
 */
final class HistoryReception {

    /** State request version from which a node without a history of the group's can ask for its index. */
    static final int FIRST_VERSION_FOR_STRANGERS = 3;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final NodeParts node;
    private final ProviderOptions options;
    private final String nodeName;
    private final String nodeAddress;
    private final TransferEvents events;
    private final HistoryIntake intake;
    private final HistoryApplication application;

    private volatile IstReceiver receiver;

    /** Why this node cannot listen for its transfer. Owned by the thread that runs it. */
    private String obstacle;

    HistoryReception(
            NodeParts node,
            ProviderOptions options,
            String nodeName,
            String nodeAddress,
            TransferEvents events,
            HistoryIntake intake,
            HistoryApplication application) {
        this.node = node;
        this.options = options;
        this.nodeName = nodeName;
        this.nodeAddress = nodeAddress;
        this.events = events;
        this.intake = intake;
        this.application = application;
    }

    /** Why the last {@link #listen} could not; null if nothing kept it from that. */
    String obstacle() {
        return obstacle;
    }

    /**
     * Starts to listen.
     *
     * @param lastApplied the last seqno of the group's history that this node has; negative if none
     * @param version state request version, 0 to 3
     * @return the request's text, empty if an incremental transfer is impossible
     */
    ByteBuffer listen(
            ConfigurationChange change, long lastApplied, boolean sameHistory, int version, BooleanSupplier givenUp) {
        obstacle = null;
        if (version == 0 || version < FIRST_VERSION_FOR_STRANGERS && (!sameHistory || lastApplied < 0)) {
            return NOTHING;
        }
        try {
            TransferAddresses addresses = TransferAddresses.of(options, nodeAddress);
            TransferTls tls = TransferTls.of(options);
            events.open(givenUp);
            intake.expect(change);
            IstReceiver listening = IstReceiver.listen(
                    new IstReceiver.Settings(
                            nodeName,
                            addresses.bind(),
                            change.replicatorProtocol(),
                            new IstNeed(
                                    lastApplied < 0 ? Long.MAX_VALUE : lastApplied + 1,
                                    change.position().seqno()),
                            Duration.ofNanos(options.nanos(IstOptions.SILENCE_TIMEOUT)),
                            tls.ofListener(addresses.scheme()),
                            LoggerFactory.getLogger(IstReceiver.class)),
                    intake);
            receiver = listening;
            IstRequest request = new IstRequest(
                    node.situation().history(),
                    lastApplied,
                    change.position().seqno(),
                    addresses.told(tls.ofListener(addresses.scheme()) != null, listening.port()));
            node.log()
                    .info("Prepared IST receiver for " + (lastApplied + 1) + "-"
                            + change.position().seqno() + ", listening at: " + request.peer());
            return ByteBuffer.wrap(request.toBytes());
        } catch (IstException | TransportException | IllegalArgumentException e) {
            events.end(null);
            obstacle = e.getMessage();
            node.log()
                    .warn("Failed to prepare for incremental state transfer: " + e.getMessage()
                            + ". IST will be unavailable.");
            return NOTHING;
        }
    }

    /**
     * Takes and applies the whole stream. Blocks.
     *
     * @param lastPossible the last seqno that a donor can send
     * @param applied gets the stream's last seqno, if anything of it was to be applied
     */
    void take(ApplierContext context, ConfigurationChange change, long lastPossible, LongConsumer applied)
            throws StateTransferException, InterruptedException {
        long from = node.orders().applied() + 1;
        long to = change.position().seqno();
        boolean applies = from <= to;
        IstReceiver current = receiver;
        node.cache().doubt();
        node.log()
                .info(
                        applies
                                ? "Receiving IST: " + (to - from + 1) + " writesets, seqnos " + from + "-" + to
                                : "Receiving certification index preload up to " + to);
        boolean whole = false;
        application.begin(to - from + 1);
        try {
            current.ready(from, lastPossible);
            application.run(context);
            long last = current.await();
            if (applies) {
                applied.accept(last);
                node.orders().apply().drain(last);
                node.orders().initialPosition(change.position().uuid(), last);
            }
            node.cache().trust();
            whole = true;
        } catch (IstException e) {
            throw new StateTransferException("Receiving IST failed, node restart required: " + e.getMessage(), e);
        } finally {
            application.end();
            if (!whole) {
                keepOnlyWhatWasApplied(current, from);
            }
        }
        if (node.situation().isCorrupt()) {
            throw new StateTransferException("an event of the incremental transfer could not be applied");
        }
    }

    /**
     * Nothing of a stream that did not end well stays in the cache or the index, and the position is that of the last event that was applied, one
     * after the other. If the stream was of another history, so may be what was applied of it.
     */
    private void keepOnlyWhatWasApplied(IstReceiver stopped, long from) {
        events.giveUp();
        stopped.cancel();
        stopped.awaitEnd();
        events.awaitIdle();
        Gtid applied = node.orders().appliedGtid();
        node.certification().reset();
        node.orders().initialPosition(Uuid.UNDEFINED, Seqno.UNDEFINED);
        node.orders().initialPosition(applied.uuid(), applied.seqno());
        node.cache().reset(applied.uuid(), applied.seqno());
        if (intake.metOtherHistory() && applied.seqno() >= from) {
            node.situation()
                    .declareInconsistent("what was applied of the incremental transfer, " + from + " to "
                            + applied.seqno() + ", came with what is not of the group's history");
        }
    }

    /** Applies what has come, until the end of the stream; returns at once if there is none. */
    void help(ApplierContext context) {
        if (!events.isActive()) {
            return;
        }
        try {
            application.run(context);
        } catch (IstException e) {
            // the thread that handles the configuration change learns it from the receiver
            node.log().debug("helped with an incremental transfer that failed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whoever waits for the stream waits no longer. */
    void cancel() {
        IstReceiver current = receiver;
        if (current != null) {
            events.giveUp();
            current.cancel();
        }
    }

    /** Listens no longer. */
    void stop() {
        IstReceiver current = receiver;
        receiver = null;
        if (current != null) {
            events.giveUp();
            current.cancel();
        }
    }
}
