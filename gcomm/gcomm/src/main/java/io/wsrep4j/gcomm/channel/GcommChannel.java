package io.wsrep4j.gcomm.channel;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.TimeUuids;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.netty.NettyTransport;
import io.wsrep4j.gcomm.options.ClusterAddress;
import io.wsrep4j.gcomm.pc.PcSettings;
import io.wsrep4j.gcomm.pc.PcStart;
import io.wsrep4j.gcomm.pc.PrimaryComponent;
import io.wsrep4j.gcomm.pc.SavedView;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.TransportException;
import io.wsrep4j.options.DurationFormat;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's connection to a group over Galera's own protocols (docs/spec/gcomm-transport-pc.md 14). Thread-safe: the protocol runs under the
 * transport's lock, on the event loop's thread or on the thread of a sender; a single member orders its messages inside {@link #send}.
 */
final class GcommChannel implements GroupChannel {

    private static final int LARGEST_TYPE = 254;

    private final ChannelEnvironment environment;
    private final ClusterAddress address;
    private final Map<String, String> options;
    private final EvsSettings evsSettings;
    private final PcSettings pcSettings;
    private final SavedViewFile savedViewFile;
    private final Logger log;

    /** What exists from joining to leaving; replaced as a whole. */
    private volatile Session session;

    private volatile boolean used;

    /** The parts of a joined channel. */
    private record Session(
            NettyTransport transport,
            GcommStack stack,
            GcommSettings settings,
            RunTimeOptions options,
            PeerNames names) {}

    GcommChannel(ChannelEnvironment environment) throws GroupException {
        this.environment = environment;
        this.log = LoggerFactory.getLogger("io.wsrep4j.gcomm." + environment.nodeName());
        this.savedViewFile = new SavedViewFile(environment.dataDirectory(), log);
        try {
            this.address = ClusterAddress.parse(environment.address());
            Map<String, String> merged = new TreeMap<>(environment.options());
            merged.putAll(address.options());
            this.options = Map.copyOf(merged);
            this.evsSettings = EvsSettings.read(options);
            this.pcSettings = PcSettings.read(options);
        } catch (IllegalArgumentException e) {
            throw new GroupException(e.getMessage(), e);
        }
    }

    // ---- joining

    @Override
    public void join(String groupName, boolean bootstrap, GroupListener listener) throws GroupException {
        if (used) {
            throw new GroupException("a channel joins once; make a new one to return to the group");
        }
        used = true;
        boolean first = bootstrap || namesNobody(address.authorities().get(0));
        GcommSettings settings;
        try {
            settings = GcommSettings.read(options, address, groupName, first);
        } catch (IllegalArgumentException e) {
            throw new GroupException(e.getMessage(), e);
        }
        if (!options.getOrDefault("gcomm.thread_prio", "").isEmpty()) {
            log.warn("gcomm.thread_prio is accepted and has no effect: a Java thread cannot be scheduled so");
        }
        try {
            join(settings, first, listener);
        } catch (TransportException e) {
            throw new GroupException(e.getMessage(), e);
        }
    }

    private void join(GcommSettings settings, boolean first, GroupListener listener)
            throws GroupException, TransportException {
        NettyTransport transport =
                new NettyTransport(settings.transport(), environment.nodeName(), environment.allowlist());
        boolean done = false;
        try {
            NodeAddress bound = transport.bind();
            GcommStack stack = assemble(transport, settings, bound, first, listener);
            session = new Session(
                    transport,
                    stack,
                    settings,
                    new RunTimeOptions(transport, stack, GcommOptions.inEffect(options, settings, bound)),
                    new PeerNames(
                            settings.names(),
                            bound.scheme(),
                            environment.nodeName(),
                            PeerNames.INTERVAL,
                            InetAddress::getAllByName,
                            new NamedPeers(transport, stack),
                            log));
            begin(transport, stack, first);
            awaitJoined(stack, first);
            done = true;
        } finally {
            if (!done) {
                abandon(transport);
            }
        }
    }

    private static boolean namesNobody(String authority) {
        String host = authority.startsWith("[")
                ? authority.replaceAll("\\].*", "").substring(1)
                : authority.replaceAll(":.*", "");
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }

    private GcommStack assemble(
            NettyTransport transport,
            GcommSettings settings,
            NodeAddress bound,
            boolean bootstrap,
            GroupListener listener) {
        SecureRandom random = new SecureRandom();
        TimeUuids ids = new TimeUuids(Clock.systemUTC(), random);
        SavedView restored = restoredView();
        Uuid self = restored == null ? ids.next() : restored.self();
        PcStart start = new PcStart(self, settings.gmcast().segment(), bootstrap, restored);
        return new GcommStack(
                new StackSettings(evsSettings, pcSettings, random, transport.allocator()),
                settings.gmcast().listeningAt(bound),
                start,
                ids,
                transport.effects(),
                listener,
                pcSettings.recovery() ? Optional.of(savedViewFile) : Optional.empty(),
                environment::evicted,
                transport.log());
    }

    /** The view of this node's last life, with its next incarnation, which is on disk before anybody hears of it. */
    private SavedView restoredView() {
        if (!pcSettings.recovery()) {
            savedViewFile.delete();
            return null;
        }
        Optional<SavedView> saved = savedViewFile.read();
        if (saved.isEmpty()) {
            return null;
        }
        SavedView restarted = saved.get().restarted();
        if (!savedViewFile.write(restarted)) {
            // the others would take the next life for this one
            return null;
        }
        log.info("Restored view {} of a former life; this node is {}", restarted.id(), restarted.self());
        return restarted;
    }

    private void begin(NettyTransport transport, GcommStack stack, boolean bootstrap) throws TransportException {
        transport.enter();
        try {
            transport.start(stack);
            stack.start(bootstrap, pcSettings.announceTimeout(), transport.nanoTime());
        } finally {
            transport.leave();
        }
    }

    private void awaitJoined(GcommStack stack, boolean bootstrap) throws GroupException {
        boolean recovering = stack.isRecovering();
        CompletableFuture<Void> awaited = bootstrap || pcSettings.waitPrimary() && !recovering
                ? stack.delivery().primary()
                : stack.announcement().joined();
        CompletableFuture<Object> outcome =
                CompletableFuture.anyOf(awaited, stack.delivery().left());
        long limit = saturatedSum(pcSettings.announceTimeout(), pcSettings.waitPrimaryTimeout());
        try {
            outcome.get(limit, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new GroupException(
                    "failed to reach primary view within " + DurationFormat.show(limit)
                            + " (pc.announce_timeout + pc.wait_prim_timeout); no member of a primary component answered at "
                            + address + ". Start the first node with an empty cluster address, or correct the address",
                    e);
        } catch (ExecutionException | CancellationException e) {
            throw lost(stack, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GroupException("interrupted while joining " + address, e);
        }
        if (stack.delivery().left().isDone()) {
            throw lost(stack, null);
        }
    }

    private static GroupException lost(GcommStack stack, Exception cause) {
        GroupException reason = stack.delivery().left().getNow(null);
        return new GroupException(
                reason == null ? "the node left the group while it was joining" : reason.getMessage(), cause);
    }

    private static long saturatedSum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    /** Joining failed: the caller hears of it by the exception, the listener no more. */
    private void abandon(NettyTransport transport) {
        Session abandoned = session;
        session = null;
        if (abandoned != null) {
            abandoned.names().close();
            transport.enter();
            try {
                abandoned.stack().delivery().mute();
                abandoned.stack().forceClose(transport.nanoTime());
            } finally {
                transport.leave();
            }
        }
        transport.close();
    }

    // ---- leaving

    @Override
    public void leave() {
        used = true;
        Session ending = session;
        if (ending == null) {
            return;
        }
        ending.names().close();
        NettyTransport transport = ending.transport();
        GcommStack stack = ending.stack();
        transport.enter();
        try {
            stack.close(transport.nanoTime());
        } finally {
            transport.leave();
        }
        awaitLeft(stack);
        transport.enter();
        try {
            stack.forceClose(transport.nanoTime());
        } finally {
            transport.leave();
        }
        session = null;
        transport.close();
    }

    private void awaitLeft(GcommStack stack) {
        try {
            stack.delivery().left().get(pcSettings.linger(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            log.warn(
                    "The group did not confirm this node's leave within {} (pc.linger); leaving without",
                    DurationFormat.show(pcSettings.linger()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn("Interrupted while leaving the group; leaving without its confirmation");
        } catch (ExecutionException e) {
            throw new IllegalStateException("leaving never completes exceptionally", e);
        }
    }

    // ---- messages

    @Override
    public SendResult send(int type, ByteBuffer header, ByteBuffer body) {
        if (type < 0 || type > LARGEST_TYPE) {
            throw new IllegalArgumentException("message type " + type + " is refused; allowed: 0 to " + LARGEST_TYPE);
        }
        if (!header.hasRemaining() && !body.hasRemaining()) {
            throw new IllegalArgumentException("an empty message is refused; it needs at least one byte");
        }
        Session current = session;
        if (current == null) {
            return SendResult.CLOSED;
        }
        NettyTransport transport = current.transport();
        GcommStack stack = current.stack();
        transport.enter();
        try {
            if (stack.isBroken()) {
                return SendResult.ABORTED;
            }
            return stack.send(type, header, body, transport.nanoTime());
        } finally {
            transport.leave();
        }
    }

    @Override
    public SendResult sendCausal(long token) {
        Session current = session;
        if (current == null) {
            return SendResult.CLOSED;
        }
        NettyTransport transport = current.transport();
        GcommStack stack = current.stack();
        transport.enter();
        try {
            if (stack.isBroken()) {
                return SendResult.ABORTED;
            }
            return stack.sendCausal(token, transport.nanoTime());
        } finally {
            transport.leave();
        }
    }

    @Override
    public int maximumLength() {
        return PrimaryComponent.MAXIMUM_PAYLOAD;
    }

    // ---- options

    @Override
    public boolean setOption(String name, String value) {
        Session current = session;
        return current != null && current.options().set(name, value);
    }

    @Override
    public void isolate(boolean isolated) {
        setOption("gmcast.isolate", isolated ? "1" : "0");
    }

    @Override
    public void evict(Uuid member) {
        setOption("evs.evict", member.toString());
    }

    // ---- figures

    @Override
    public SortedMap<String, String> status() {
        Session current = session;
        if (current == null) {
            return new TreeMap<>();
        }
        current.transport().enter();
        try {
            SortedMap<String, String> status = current.stack().status();
            status.put(
                    "gmcast_segment",
                    Integer.toString(current.settings().gmcast().segment()));
            return status;
        } finally {
            current.transport().leave();
        }
    }

    @Override
    public void resetStatistics() {
        // evs_repl_latency has its own window, evs.stats_report_period, and nothing else here is an average
        // (docs/spec/options-status.md
        // 11)
    }
}
