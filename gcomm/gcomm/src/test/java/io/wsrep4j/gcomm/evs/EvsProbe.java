package io.wsrep4j.gcomm.evs;

import java.util.function.Supplier;

/** Looks inside an {@link EvsCore}, for checks that no message shows (docs/spec/gcomm-evs.md 20, S11 and S13). */
public final class EvsProbe {

    private final EvsCore core;
    private ViewId view = ViewId.NIL;
    private long aru = -1;
    private long safeSeq = -1;

    public EvsProbe(EvsCore core) {
        this.core = core;
    }

    /** Fails if the state of the core cannot be. */
    public void check() {
        Parts parts = core.parts();
        CurrentView current = parts.current();
        InputMap map = current.map();
        if (!view.equals(current.id())) {
            view = current.id();
            aru = -1;
            safeSeq = -1;
        }
        long lowest = Long.MAX_VALUE;
        for (int i = 0; i < map.members(); i++) {
            int member = i;
            require(map.lu(i) >= 0 && map.hs(i) >= map.lu(i) - 1, () -> "range of member " + member);
            lowest = Math.min(lowest, map.lu(i));
        }
        long missing = lowest;
        require(map.aru() == missing - 1, () -> "aru " + map.aru() + " is not below the lowest missing " + missing);
        require(map.safeSeq() <= map.aru(), () -> "safe seq " + map.safeSeq() + " is above aru " + map.aru());
        require(map.aru() >= aru && map.safeSeq() >= safeSeq, () -> "aru or safe seq went back");
        aru = map.aru();
        safeSeq = map.safeSeq();
        if (core.state() != EvsStateName.CLOSED) {
            require(current.lastSent() == map.hs(current.selfIndex()), () -> "own last slot");
        }
        if (core.state() != EvsStateName.OPERATIONAL) {
            require(parts.emitter().isQueueEmpty(), () -> "messages are queued in " + core.state());
        }
    }

    /** What the node knows of itself and of the others, one line a node; for messages about failures. */
    public String describe() {
        Parts parts = core.parts();
        InstallMessage install = parts.round().install;
        StringBuilder text = new StringBuilder();
        if (parts.transitions().is(EvsStateName.GATHER)) {
            text.append("  knows ")
                    .append(parts.announcer().buildJoin().knowledge())
                    .append('\n');
        }
        if (install != null) {
            text.append("  INSTALL of ")
                    .append(install.installView())
                    .append(' ')
                    .append(install.knowledge())
                    .append('\n');
        }
        for (Node node : parts.nodes().all()) {
            text.append("  ")
                    .append(node)
                    .append(node.operational() ? " operational" : "")
                    .append(node.suspected ? " suspected" : "")
                    .append(node.inactive ? " inactive" : "")
                    .append(node.committed ? " committed" : "")
                    .append(node.installed ? " installed" : "")
                    .append(node.leave == null ? "" : " leave " + node.leave.seq() + " of " + node.leave.sourceView())
                    .append(node.join == null ? "" : " join " + node.join.sourceView() + " " + node.join.knowledge())
                    .append('\n');
        }
        return text.toString();
    }

    /** True while the node sends nothing and hears nothing by its own will (docs/spec/gcomm-evs.md 9.4). */
    public boolean isIsolated() {
        return core.parts().outbox().isMuted();
    }

    private void require(boolean condition, Supplier<String> what) {
        if (!condition) {
            throw new AssertionError(
                    "node " + core.self() + " in " + core.state() + ", view " + view + ": " + what.get());
        }
    }
}
