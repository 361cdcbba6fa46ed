package io.wsrep4j.gcomm.channel;

import io.wsrep4j.gcomm.evs.EvsOptions;
import io.wsrep4j.gcomm.netty.NettyTransport;
import io.wsrep4j.gcomm.pc.PrimaryComponent;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.options.OptionChange;
import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionSpec;
import io.wsrep4j.options.OptionValues;
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
    private static final String WEIGHT = "pc.weight";

    private final NettyTransport transport;
    private final GcommStack stack;
    private final OptionValues values;

    /** @param values as they are in effect; never changed, since whoever acts on a change keeps it */
    RunTimeOptions(NettyTransport transport, GcommStack stack, OptionValues values) {
        this.transport = transport;
        this.stack = stack;
        this.values = values;
    }

    /**
     * Sets one.
     *
     * @return false if there is no such option here
     * @throws IllegalArgumentException if the value is refused, or the option is fixed while the node is connected
     */
    boolean set(String name, String value) {
        OptionSpec option = values.catalog().find(name);
        if (option == null) {
            return false;
        }
        CompletableFuture<Void> agreed;
        transport.enter();
        try {
            agreed = setLocked(option, value, transport.nanoTime());
        } finally {
            transport.leave();
        }
        awaitWeight(agreed, value);
        return true;
    }

    /** Returns what is to be waited for. */
    private CompletableFuture<Void> setLocked(OptionSpec option, String value, long now) {
        CompletableFuture<Void> nothing = CompletableFuture.completedFuture(null);
        if (EvsOptions.LIST.has(option.name())) {
            stack.evs().setOption(option.name(), value, now);
        } else if (option.change() == OptionSpec.Change.REFUSED) {
            // the text that it has is taken, any other refused
            values.examine(option.name(), value);
        } else if (option.name().equals(WEIGHT)) {
            return changeWeight(values.check(WEIGHT, value), now);
        } else {
            act(values.check(option.name(), value), now);
        }
        return nothing;
    }

    private void act(OptionChange change, long now) {
        PrimaryComponent pc = stack.pc();
        switch (change.name()) {
            case "pc.ignore_quorum" -> pc.setIgnoreQuorum((Boolean) change.value());
            case "pc.ignore_sb" -> pc.setIgnoreSplitBrain((Boolean) change.value());
            case "pc.bootstrap" -> {
                if (!pc.forcePrimary(now)) {
                    throw OptionException.refused(
                            change.name(),
                            change.text(),
                            "expected in a settled non-primary component only; the membership is changing, try again");
                }
            }
            case "gmcast.isolate" -> stack.gmcast().isolate(Math.toIntExact((Long) change.value()), now);
            case "gmcast.mira" -> stack.gmcast().setMaximumInitialReconnects(Math.toIntExact((Long) change.value()));
            case "gmcast.peer_addr" -> changePeer(change, now);
            default -> {
                if (!transport.setOption(change.name(), change.text())) {
                    throw new IllegalStateException("nobody acts on option " + change.name());
                }
            }
        }
    }

    private void changePeer(OptionChange change, long now) {
        NodeAddress peer;
        try {
            peer = NodeAddress.parse(change.text().substring("add:".length()));
        } catch (IllegalArgumentException e) {
            OptionException refused = OptionException.refused(
                    change.name(),
                    change.text(),
                    e.getMessage() + "; expected " + change.option().atRunTime().allowed());
            refused.initCause(e);
            throw refused;
        }
        if (change.text().startsWith("add:")) {
            stack.gmcast().addPeer(peer, now);
        } else {
            stack.gmcast().deletePeer(peer, now);
        }
    }

    /** The group agrees on it (docs/spec/gcomm-transport-pc.md 14.9). */
    private CompletableFuture<Void> changeWeight(OptionChange change, long now) {
        int weight = Math.toIntExact((Long) change.value());
        CompletableFuture<Void> agreed = stack.delivery().awaitWeight(weight);
        if (!stack.pc().changeWeight(weight, now)) {
            throw OptionException.refused(
                    change.name(),
                    change.text(),
                    "expected a change in a settled primary component only; try again when the node is in one");
        }
        return agreed;
    }

    private static void awaitWeight(CompletableFuture<Void> agreed, String value) {
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
