package io.wsrep4j.gcomm.evs;

/** Looks inside an {@link EvsCore}, for checks that no message shows (sheet gcomm-evs, 20, S11 and S13). */
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
        Machine machine = core.machine();
        CurrentView current = machine.current();
        InputMap map = current.map();
        if (!view.equals(current.id())) {
            view = current.id();
            aru = -1;
            safeSeq = -1;
        }
        long lowest = Long.MAX_VALUE;
        for (int i = 0; i < map.members(); i++) {
            require(map.lu(i) >= 0 && map.hs(i) >= map.lu(i) - 1, "range of member " + i);
            lowest = Math.min(lowest, map.lu(i));
        }
        require(map.aru() == lowest - 1, "aru " + map.aru() + " is not below the lowest missing slot " + lowest);
        require(map.safeSeq() <= map.aru(), "safe seq " + map.safeSeq() + " is above aru " + map.aru());
        require(map.aru() >= aru && map.safeSeq() >= safeSeq, "aru or safe seq went back");
        aru = map.aru();
        safeSeq = map.safeSeq();
        if (core.state() != EvsStateName.CLOSED) {
            require(current.lastSent() == map.hs(current.selfIndex()), "own last slot");
        }
        if (core.state() != EvsStateName.OPERATIONAL) {
            require(machine.emitter().isQueueEmpty(), "messages are queued in " + core.state());
        }
    }

    /** True while the node sends nothing and hears nothing by its own will (sheet gcomm-evs, 9.4). */
    public boolean isIsolated() {
        return core.machine().outbox().isMuted();
    }

    private void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("node " + core.self() + " in " + core.state() + ", view " + view + ": " + what);
        }
    }
}
