package io.wsrep4j.gcomm.evs;

/** Asks who is there, and waits for a node that has heard it (docs/spec/gcomm-evs.md 14). */
record Joining(Machine machine) implements EvsState {

    @Override
    public EvsStateName name() {
        return EvsStateName.JOINING;
    }

    @Override
    public boolean leadsTo(EvsStateName next) {
        return next == EvsStateName.LEAVING || next == EvsStateName.GATHER;
    }

    @Override
    public boolean welcomes(EvsMessage fromStranger) {
        return fromStranger instanceof JoinMessage join && join.about(machine.env().self) != null;
    }

    @Override
    public void onJoin(Node source, JoinMessage join) {
        machine.joins().handle(source, join);
    }

    @Override
    public void onRetransTimer() {
        machine.sendJoin();
    }

    @Override
    public void close() {
        machine.leave();
    }
}
