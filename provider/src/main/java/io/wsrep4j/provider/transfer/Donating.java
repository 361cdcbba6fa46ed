package io.wsrep4j.provider.transfer;

import io.netty.handler.ssl.SslContext;
import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.GroupAction.StateTransferRequested;
import io.wsrep4j.gcomm.transport.TransportException;
import io.wsrep4j.ist.IstException;
import io.wsrep4j.ist.IstRequest;
import io.wsrep4j.ist.IstSender;
import io.wsrep4j.provider.cache.CacheSource;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.options.ProviderOptions;
import io.wsrep4j.provider.state.ReplicatorState;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.LoggerFactory;

/**
 * The donor's procedure (docs/spec/replicator-state-transfer.md 19). {@link #donate} runs on a receiving thread inside the local order; incremental
 * transfers go on after it on threads of their own.
 */
final class Donating {

    private static final int FIRST_VERSION_WITH_PRELOAD = 3;
    /** Meanwhile this node's own commits stand still. */
    private static final Duration REACH = Duration.ofSeconds(10);
    /** A joiner that applies one long event takes nothing meanwhile. */
    private static final Duration PATIENCE = Duration.ofHours(6);

    private final NodeParts node;
    private final Host host;
    private final ProviderOptions options;
    private final String nodeName;
    /** One for a member: who asks again has given up what it asked for before. */
    private final Map<Uuid, IstSender> senders = new ConcurrentHashMap<>();

    Donating(NodeParts node, Host host, ProviderOptions options, String nodeName) {
        this.options = options;
        this.node = node;
        this.host = host;
        this.nodeName = nodeName;
    }

    /** How serving ended on this thread: the JOIN follows now with this code, or later from the host. */
    private record Outcome(int code, boolean joinNow) {

        static final Outcome DONE = new Outcome(0, true);
        static final Outcome HOST_REPORTS = new Outcome(0, false);

        static Outcome failed(int errno) {
            return new Outcome(-errno, true);
        }
    }

    void donate(ApplierContext context, StateTransferRequested request, int version) {
        long local = request.localSeqno();
        Outcome outcome;
        node.orders().local().enterRegardless(local, local - 1);
        try {
            node.orders().drain(request.seqno());
            node.situation().become(ReplicatorState.DONOR);
            outcome = answer(context, request, version);
        } finally {
            request.buffer().release();
            node.orders().local().leave(local);
        }
        if (outcome.joinNow) {
            node.group().join(new Gtid(node.situation().history(), request.seqno()), outcome.code);
        }
    }

    /** Whatever a joiner asks costs that joiner its transfer, and this node nothing. */
    private Outcome answer(ApplierContext context, StateTransferRequested request, int version) {
        try {
            return serve(context, request, version);
        } catch (MalformedStateRequestException | IstException | IllegalArgumentException e) {
            node.log().error("state request of " + request.requester() + " refused: " + e.getMessage());
            return Outcome.failed(Errno.EINVAL);
        } catch (RuntimeException e) {
            node.log()
                    .failed(
                            "state request of " + request.requester() + " could not be served, which was "
                                    + AskedState.of(request.buffer()),
                            e);
            return Outcome.failed(Errno.EIO);
        }
    }

    private Outcome serve(ApplierContext context, StateTransferRequested request, int version)
            throws MalformedStateRequestException, IstException {
        StateRequestBody body = AskedState.body(request.buffer());
        if (body.needsNoTransfer()) {
            return Outcome.DONE;
        }
        if (body instanceof StateRequestBody.Combined combined
                && combined.istRequest().hasRemaining()) {
            Outcome incremental = tryIncremental(context, request, combined, version);
            if (incremental != null) {
                return incremental;
            }
        }
        return snapshot(context, request, body, version);
    }

    /** Null if only a snapshot will do. */
    private Outcome tryIncremental(
            ApplierContext context, StateTransferRequested request, StateRequestBody.Combined body, int version)
            throws MalformedStateRequestException, IstException {
        IstRequest wanted = IstRequest.parse(body.istRequest());
        node.log().info("IST request: " + wanted);
        if (!wanted.history().equals(node.situation().history()) || wanted.lastApplied() < 0) {
            return null;
        }
        if (wanted.lastApplied() > request.seqno()) {
            throw new MalformedStateRequestException(
                    "IST request",
                    "last applied seqno " + wanted.lastApplied(),
                    "at most " + request.seqno() + ", where the group is");
        }
        long lowest = node.certification().lowestAtLastChange();
        long first = version < FIRST_VERSION_WITH_PRELOAD || lowest <= 0
                ? wanted.lastApplied() + 1
                : Math.min(lowest, wanted.lastApplied() + 1);
        CacheSource source = node.cache().source(first, node.certification().lastChange());
        if (source == null) {
            node.log().info("IST first seqno " + first + " not found from cache, falling back to SST");
            return null;
        }
        // the host's report would be this node's first and say success, whether the joiner can be reached or not
        Outcome unreachable = send(request.requester(), wanted, source, lowest, true);
        if (unreachable != null) {
            return unreachable;
        }
        if (!body.snapshotRequest().hasRemaining()) {
            return Outcome.DONE;
        }
        if (callHost(context, request, body, new Gtid(wanted.history(), wanted.lastApplied()), true)) {
            return Outcome.HOST_REPORTS;
        }
        IstSender useless = senders.get(request.requester());
        if (useless != null) {
            useless.cancel();
        }
        return Outcome.failed(Errno.ECANCELED);
    }

    private Outcome snapshot(ApplierContext context, StateTransferRequested request, StateRequestBody body, int version)
            throws IstException {
        if (node.certification().hasNonBlockingOperations()) {
            node.log().warn("Non-blocking operation in progress, cannot donate SST");
            return Outcome.failed(Errno.EAGAIN);
        }
        if (!body.snapshotRequest().hasRemaining()) {
            node.log().warn("SST request is null, SST canceled");
            return Outcome.failed(Errno.ECANCELED);
        }
        if (version >= FIRST_VERSION_WITH_PRELOAD && body instanceof StateRequestBody.Combined combined) {
            Outcome refused = preload(request.requester(), combined);
            if (refused != null) {
                return refused;
            }
        }
        boolean begun =
                callHost(context, request, body, new Gtid(node.situation().history(), request.seqno()), false);
        return begun ? Outcome.HOST_REPORTS : Outcome.failed(Errno.ECANCELED);
    }

    /** Sends what the joiner's certification index must hold; null if that is under way. */
    private Outcome preload(Uuid requester, StateRequestBody.Combined body) throws IstException {
        if (!body.istRequest().hasRemaining()) {
            node.log().error("Joiner didn't provide IST connection info: cert index preload is impossible");
            return Outcome.failed(Errno.ENOMSG);
        }
        IstRequest wanted = IstRequest.parse(body.istRequest());
        long lowest = node.certification().lowestAtLastChange();
        long first = lowest <= 0 ? node.certification().lastChange() : lowest;
        CacheSource source = node.cache().source(first, node.certification().lastChange());
        if (source == null) {
            node.log()
                    .error("Cert index preload first seqno " + first + " not found from gcache (oldest: "
                            + node.cache().lowestSeqno() + "): enlarge gcache.size");
            return Outcome.failed(Errno.ENOMSG);
        }
        node.log()
                .info("Cert index preload: " + first + " -> "
                        + node.certification().lastChange());
        return send(requester, wanted, source, first, false);
    }

    /**
     * Begins to send; null if it is under way. Takes the source over in every case.
     *
     * @param atOnce the joiner will read soon; otherwise only after its snapshot
     */
    private Outcome send(Uuid requester, IstRequest wanted, CacheSource source, long preloadStart, boolean atOnce) {
        SslContext tls;
        try {
            tls = TransferTls.of(options).ofSender();
        } catch (TransportException | IllegalArgumentException e) {
            source.close();
            node.log().error("IST failed: " + e.getMessage());
            return Outcome.failed(Errno.EPROTO);
        }
        try {
            IstSender sender = IstSender.start(
                    new IstSender.Settings(
                            nodeName,
                            wanted.peer(),
                            node.settings().replicationProtocol(),
                            preloadStart,
                            REACH,
                            PATIENCE,
                            tls,
                            LoggerFactory.getLogger(IstSender.class)),
                    source);
            IstSender former = senders.put(requester, sender);
            if (former != null) {
                former.cancel();
            }
            sender.end().whenComplete((done, failure) -> senders.remove(requester, sender));
            if (atOnce) {
                sender.watch();
            }
            return null;
        } catch (IstException e) {
            node.log().error("IST failed: " + e.getMessage());
            return Outcome.failed(e.errno());
        }
    }

    private boolean callHost(
            ApplierContext context,
            StateTransferRequested request,
            StateRequestBody body,
            Gtid position,
            boolean bypass) {
        try {
            if (host.sstDonate(context, body.snapshotRequest(), position, bypass) == CallbackStatus.SUCCESS) {
                return true;
            }
            node.log().error("SST " + (bypass ? "bypass " : "") + "failed: the host refused to donate");
        } catch (RuntimeException e) {
            node.log()
                    .failed(
                            "the host's sst_donate callback threw at the state request of " + request.requester()
                                    + ", which was " + AskedState.of(request.buffer()),
                            e);
        }
        return false;
    }

    Status sstSent(Gtid position, int code) {
        if (node.situation().state() != ReplicatorState.DONOR) {
            node.log()
                    .error("sst sent called when not SST donor, state "
                            + node.situation().state());
            return Status.CONNECTION_FAIL;
        }
        int result = code;
        senders.values().forEach(IstSender::watch);
        if (result >= 0 && !position.uuid().equals(node.situation().history())) {
            node.log()
                    .error("the snapshot's history " + position.uuid() + " is not the group's "
                            + node.situation().history());
            result = -Errno.EREMCHG;
        }
        Gtid reached = result >= 0
                ? position
                : new Gtid(
                        node.situation().history(),
                        Math.max(Seqno.UNDEFINED, node.orders().commit().lastLeft()));
        node.group().join(reached, Math.min(result, 0));
        return Status.OK;
    }

    void cancel() {
        senders.values().forEach(IstSender::cancel);
    }

    /** Nobody else is a member any more: who has left reads nothing to any purpose. */
    void membersAre(Set<Uuid> members) {
        senders.forEach((joiner, sender) -> {
            if (!members.contains(joiner)) {
                sender.cancel();
            }
        });
    }

    /** Stops all transfers and waits until none needs the cache any more. */
    void endAll() {
        cancel();
        senders.values()
                .forEach(sender -> sender.end().handle((done, failure) -> done).join());
    }
}
