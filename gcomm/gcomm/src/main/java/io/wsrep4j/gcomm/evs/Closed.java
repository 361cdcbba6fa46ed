package io.wsrep4j.gcomm.evs;

/** Not a node of any group: not yet, or no more. */
record Closed() implements EvsState {

    @Override
    public EvsStateName name() {
        return EvsStateName.CLOSED;
    }

    @Override
    public boolean leadsTo(EvsStateName next) {
        return next == EvsStateName.JOINING;
    }
}
