package io.wsrep4j.gcomm.channel;

import io.wsrep4j.api.HostPort;
import io.wsrep4j.gcomm.transport.NodeAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;

/**
 * Resolves the host names in a cluster address again and again, since a member may come back under another address
 * (docs/spec/gcomm-transport-pc.md 20.15). One thread of its own, since a resolver may block for minutes; none if there is no name.
 */
final class PeerNames implements AutoCloseable {

    /** Between two looks at all names. What the JVM remembers of a name's address, by default for 30 s, it does not ask for again. */
    static final long INTERVAL = TimeUnit.SECONDS.toNanos(5);

    /** Gives the addresses of a host, the preferred one first. */
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** Is told what has changed; on the thread of the names. */
    interface Listener {

        /** A name stands for this address now. */
        void onAddress(NodeAddress address);

        /** The name stands for it no more. */
        void onAddressGone(NodeAddress address);
    }

    private final String scheme;
    private final Resolver resolver;
    private final Listener listener;
    private final Logger log;
    private final long interval;
    private final Map<HostPort, NodeAddress> addresses = new LinkedHashMap<>();
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private boolean closed;

    /**
     * Starts to look.
     *
     * @param names with their ports, and the addresses that they had when the node began to join; null for one that had none
     * @param intervalNanos between two looks, above 0
     */
    PeerNames(
            Map<HostPort, NodeAddress> names,
            String scheme,
            String nodeName,
            long intervalNanos,
            Resolver resolver,
            Listener listener,
            Logger log) {
        this.scheme = scheme;
        this.resolver = resolver;
        this.listener = listener;
        this.log = log;
        this.interval = intervalNanos;
        addresses.putAll(names);
        thread = new Thread(this::look, "wsrep4j-names-" + nodeName);
        thread.setDaemon(true);
        if (!names.isEmpty()) {
            thread.start();
        }
    }

    private void look() {
        while (waitForNext()) {
            for (HostPort name : List.copyOf(addresses.keySet())) {
                look(name);
            }
        }
    }

    /** False if it is over. */
    private boolean waitForNext() {
        lock.lock();
        try {
            long left = interval;
            while (left > 0 && !closed) {
                left = closing.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void look(HostPort name) {
        List<NodeAddress> now = new ArrayList<>();
        try {
            for (InetAddress host : resolver.resolve(name.host())) {
                now.add(NodeAddress.of(scheme, host, name.port()));
            }
        } catch (UnknownHostException e) {
            // as long as nobody says otherwise it is where it was
            log.debug("host '{}' of the cluster address cannot be resolved: {}", name.host(), e.getMessage());
            return;
        }
        NodeAddress before = addresses.get(name);
        if (now.isEmpty() || now.contains(before)) {
            return;
        }
        NodeAddress next = now.get(0);
        log.info(
                "Host '{}' of the cluster address is {} now{}",
                name.host(),
                next,
                before == null ? "" : "; it was " + before);
        addresses.put(name, next);
        tell(before, next);
    }

    private void tell(NodeAddress before, NodeAddress next) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (before != null && !addresses.containsValue(before)) {
                listener.onAddressGone(before);
            }
            listener.onAddress(next);
        } finally {
            lock.unlock();
        }
    }

    /** The listener hears nothing more. Does not wait for a resolver that blocks. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closing.signal();
        } finally {
            lock.unlock();
        }
    }
}
