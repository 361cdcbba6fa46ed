package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.transport.NodeAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The address lists: pending, remote and black (docs/spec/gcomm-transport-pc.md 7.1). */
final class AddressBook {

    /** More addresses than this are not learned from gossip: no group is that large, and a peer could send any number. */
    static final int MAX_REMOTE = 512;

    private final Map<NodeAddress, AddressEntry> pending = new LinkedHashMap<>();
    private final Map<NodeAddress, AddressEntry> remote = new LinkedHashMap<>();
    private final Set<NodeAddress> black = new HashSet<>();
    private int maximumInitialReconnects;

    /** @param maximumInitialReconnects see {@link #setMaximumInitialReconnects} */
    AddressBook(int maximumInitialReconnects) {
        this.maximumInitialReconnects = maximumInitialReconnects;
    }

    int maximumInitialReconnects() {
        return maximumInitialReconnects;
    }

    /** How often an address learned from a peer is tried; gmcast.mira. */
    void setMaximumInitialReconnects(int count) {
        maximumInitialReconnects = count;
    }

    void addPending(AddressEntry entry) {
        pending.put(entry.address, entry);
    }

    void removePending(NodeAddress address) {
        pending.remove(address);
    }

    void addRemote(AddressEntry entry) {
        remote.put(entry.address, entry);
    }

    void removeRemote(NodeAddress address) {
        remote.remove(address);
    }

    boolean isFull() {
        return remote.size() >= MAX_REMOTE;
    }

    /** Never dialled again and not learned again. */
    void ban(NodeAddress address) {
        pending.remove(address);
        black.add(address);
    }

    boolean isBlack(NodeAddress address) {
        return black.contains(address);
    }

    boolean knows(NodeAddress address) {
        return pending.containsKey(address) || remote.containsKey(address);
    }

    /** True if nothing new is said by a peer that names this node there: a forgotten one makes room for whoever lives at its address now. */
    boolean speaksOf(NodeAddress address, Uuid node) {
        AddressEntry entry = remote.get(address);
        boolean another = entry != null && entry.isForgotten() && !entry.node.equals(node);
        return knows(address) && !(another && !pending.containsKey(address));
    }

    boolean isPending(NodeAddress address) {
        return pending.containsKey(address);
    }

    AddressEntry remote(NodeAddress address) {
        return remote.get(address);
    }

    /** Entries of a node, in both lists. */
    List<AddressEntry> of(Uuid node) {
        List<AddressEntry> found = new ArrayList<>();
        for (AddressEntry entry : remote.values()) {
            if (entry.node.equals(node)) {
                found.add(entry);
            }
        }
        return found;
    }

    /** A copy: the caller may change the lists while it goes through. */
    List<AddressEntry> allPending() {
        return new ArrayList<>(pending.values());
    }

    /** A copy: the caller may change the lists while it goes through. */
    List<AddressEntry> allRemote() {
        return new ArrayList<>(remote.values());
    }

    /** The remote entries in place, for reading. */
    Iterable<AddressEntry> remoteInPlace() {
        return remote.values();
    }

    /** A connection to the address failed. */
    void dialFailed(NodeAddress address, long nowNanos) {
        AddressEntry waiting = pending.get(address);
        if (waiting != null) {
            waiting.dialFailed(nowNanos);
        }
        AddressEntry known = remote.get(address);
        if (known != null) {
            known.dialFailed(nowNanos);
        }
    }

    /**
     * Removes the forgotten whose ban is over.
     *
     * @return true if there were any
     */
    boolean removeDead(long nowNanos, Predicate<AddressEntry> connected) {
        Predicate<AddressEntry> dead = entry -> entry.isForgotten() && entry.isDue(nowNanos) && !connected.test(entry);
        boolean any = pending.values().removeIf(dead);
        return remote.values().removeIf(dead) || any;
    }
}
