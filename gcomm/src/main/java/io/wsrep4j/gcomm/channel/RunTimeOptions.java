package io.wsrep4j.gcomm.channel;

import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.gmcast.Gmcast;
import io.wsrep4j.gcomm.gmcast.NodeAddress;
import io.wsrep4j.gcomm.netty.NettyTransport;
import io.wsrep4j.gcomm.netty.TransportSettings;
import io.wsrep4j.gcomm.options.OptionReader;
import io.wsrep4j.gcomm.pc.PcSettings;
import io.wsrep4j.gcomm.pc.PrimaryComponent;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sets options of a joined channel (docs/spec/gcomm-transport-pc.md 16 and docs/spec/options-status.md 6). Thread-safe; takes the transport's lock
 * itself.
 */
final class RunTimeOptions {

    private static final long WEIGHT_TIMEOUT_SECONDS = 30;

    private final NettyTransport transport;
    private final GcommStack stack;
    private final Map<String, String> fixed;

    RunTimeOptions(NettyTransport transport, GcommStack stack, TransportSettings settings, NodeAddress bound) {
        this.transport = transport;
        this.stack = stack;
        this.fixed = settings.effective(bound);
    }

    /**
     * Sets one.
     *
     * @return false if there is no such option here
     * @throws IllegalArgumentException if the value is refused, or the option is fixed while the node is connected
     */
    boolean set(String name, String value) {
        if (name.equals("pc.weight")) {
            changeWeight(value);
            return true;
        }
        transport.enter();
        try {
            return setLocked(name, value, transport.nanoTime());
        } finally {
            transport.leave();
        }
    }

    private boolean setLocked(String name, String value, long now) {
        if (transport.setOption(name, value)) {
            return true;
        }
        if (EvsSettings.knows(name)) {
            stack.evs().setOption(name, value, now);
            return true;
        }
        if (name.startsWith("pc.")) {
            return setPrimaryComponent(name, value, now);
        }
        OptionReader reader = new OptionReader(Map.of(name, value));
        Gmcast gmcast = stack.gmcast();
        switch (name) {
            case "gmcast.isolate" -> gmcast.isolate(reader.integer(name, 0, 0, 2), now);
            case "gmcast.mira" -> gmcast.setMaximumInitialReconnects(reader.integer(name, 0, 0, Integer.MAX_VALUE));
            case "gmcast.peer_addr" -> changePeer(name, value, now);
            default -> {
                return refuseFixed(name, value);
            }
        }
        return true;
    }

    private boolean setPrimaryComponent(String name, String value, long now) {
        PrimaryComponent pc = stack.pc();
        OptionReader reader = new OptionReader(Map.of(name, value));
        switch (name) {
            case "pc.ignore_quorum" -> pc.setIgnoreQuorum(reader.bool(name, false));
            case "pc.ignore_sb" -> pc.setIgnoreSplitBrain(reader.bool(name, false));
            case "pc.bootstrap" -> {
                if (!pc.forcePrimary(now)) {
                    throw OptionReader.refused(
                            name,
                            value,
                            "in a settled non-primary component only; the membership is changing, try again");
                }
            }
            default -> {
                if (!PcSettings.defaultTexts().containsKey(name)) {
                    return false;
                }
                pc.refuseChange(name, value);
            }
        }
        return true;
    }

    private void changePeer(String name, String value, long now) {
        String allowed = "add:scheme://host:port or del:scheme://host:port";
        if (!value.startsWith("add:") && !value.startsWith("del:")) {
            throw OptionReader.refused(name, value, allowed);
        }
        NodeAddress peer;
        try {
            peer = NodeAddress.parse(value.substring("add:".length()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "option " + name + ": value '" + value + "' is refused (" + e.getMessage() + "); allowed: "
                            + allowed,
                    e);
        }
        if (value.startsWith("add:")) {
            stack.gmcast().addPeer(peer, now);
        } else {
            stack.gmcast().deletePeer(peer, now);
        }
    }

    /** An option that is fixed while the node is connected takes the text it has. */
    private boolean refuseFixed(String name, String value) {
        Map<String, String> defaults = TransportSettings.defaults();
        if (!defaults.containsKey(name) && !name.equals("gcomm.thread_prio")) {
            return false;
        }
        String present = fixed.getOrDefault(name, defaults.get(name));
        if (!value.equals(present)) {
            throw OptionReader.refused(name, value, "only '" + present + "': it is fixed while the node is connected");
        }
        return true;
    }

    /** Waits until the group has agreed (docs/spec/gcomm-transport-pc.md 14.9). */
    private void changeWeight(String value) {
        String name = "pc.weight";
        int weight = new OptionReader(Map.of(name, value)).integer(name, 0, 0, PcSettings.MAXIMUM_WEIGHT);
        CompletableFuture<Void> agreed;
        transport.enter();
        try {
            agreed = stack.delivery().awaitWeight(weight);
            if (!stack.pc().changeWeight(weight, transport.nanoTime())) {
                throw OptionReader.refused(
                        name, value, "a change in a settled primary component only; try again when the node is in one");
            }
        } finally {
            transport.leave();
        }
        try {
            agreed.get(WEIGHT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalArgumentException("option pc.weight: interrupted while the group was asked", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalArgumentException(
                    "option pc.weight: the group did not agree on value '" + value + "': "
                            + (e instanceof TimeoutException
                                    ? "no answer in " + WEIGHT_TIMEOUT_SECONDS + " s"
                                    : e.getCause().getMessage()),
                    e);
        }
    }
}
