package io.wsrep4j.gcomm.evs;

/** Asks who is there, and waits for a node that has heard it (docs/spec/gcomm-evs.md 14). */
record Joining(Environment env, Announcer announcer, Transitions transitions, JoinHandling joins) implements EvsState {

    @Override
    public boolean welcomes(EvsMessage fromStranger) {
        return fromStranger instanceof JoinMessage join && join.about(env.self) != null;
    }

    @Override
    public void onJoin(Node source, JoinMessage join) {
        joins.handle(source, join);
    }

    @Override
    public void onRetransTimer() {
        announcer.join();
    }

    @Override
    public void close() {
        transitions.leave();
    }
}
