package io.wsrep4j.gcomm.simulation;

import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsWire;
import io.wsrep4j.gcomm.evs.ViewId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What nodes put on the wire must be sound (docs/spec/gcomm-evs.md 20: S14, S15). */
final class WireCheck {

    private static final class Sender {
        long fifoSeq = -1;
        ViewId view;
        long nextSlot;
        long aru;
        boolean isolated;
        final Set<Integer> proposed = new HashSet<>();
    }

    private final Map<Uuid, Sender> senders = new HashMap<>();

    /** A process starts; it may have the id of one that died. */
    void started(Uuid node) {
        senders.remove(node);
    }

    /** The node sends without our seeing it; its slots will seem to jump once. */
    void isolated(Uuid node) {
        senders.computeIfAbsent(node, s -> new Sender()).isolated = true;
    }

    void sent(int from, Uuid source, byte[] message, boolean toAll) {
        EvsWire wire = EvsWire.read(source, Unpooled.wrappedBuffer(message));
        Sender sender = senders.computeIfAbsent(source, s -> new Sender());
        boolean request = wire.type().equals("GAP") && !wire.rangeUuid().isUndefined();
        if (!wire.resent() || request) {
            require(wire.fifoSeq() > sender.fifoSeq, source, wire, "fifo_seq does not increase");
            sender.fifoSeq = wire.fifoSeq();
        }
        require(wire.listsSenderOperational(), source, wire, "does not list its sender as operational");
        if (wire.resent()) {
            return;
        }
        switch (wire.type()) {
            case "INSTALL" ->
                require(sender.proposed.add(wire.installView().seq()), source, wire, "view seq is used twice");
            case "USER" -> {
                enter(sender, wire);
                boolean jumps = sender.isolated && wire.seq() > sender.nextSlot;
                sender.isolated = false;
                require(wire.seq() == sender.nextSlot || jumps, source, wire, "slot " + sender.nextSlot + " was due");
                sender.nextSlot = wire.seq() + wire.range() + 1;
                require(wire.aru() >= sender.aru, source, wire, "aru went back from " + sender.aru);
                sender.aru = wire.aru();
            }
            default -> {}
        }
    }

    private static void enter(Sender sender, EvsWire wire) {
        if (!wire.view().equals(sender.view)) {
            sender.view = wire.view();
            sender.nextSlot = 0;
            sender.aru = -1;
        }
    }

    private static void require(boolean condition, Uuid source, EvsWire wire, String what) {
        if (!condition) {
            throw new AssertionError("node " + source + " sends " + wire + ": " + what);
        }
    }
}
