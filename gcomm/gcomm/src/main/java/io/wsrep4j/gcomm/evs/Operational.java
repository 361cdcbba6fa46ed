package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;

/** A member of a regular view: messages flow. */
record Operational(
        Environment env,
        Transitions transitions,
        Emitter emitter,
        DataHandling data,
        JoinHandling joins,
        LeaveHandling leaves)
        implements EvsState {

    /**
     * After a view is installed, strangers are not heard for a moment: two groups that chase each other with INSTALLs would otherwise do so
     * for ever (docs/spec/gcomm-evs.md 19.1).
     */
    static final long HOLD_OFF = 300_000_000L;

    @Override
    public EvsSendResult send(int userType, EvsOrder order, ByteBuf payload) {
        return emitter.send(userType, order, payload);
    }

    @Override
    public boolean welcomes(EvsMessage fromStranger) {
        return env.now() - transitions.operationalSince() >= HOLD_OFF;
    }

    @Override
    public void onUser(Node source, UserMessage message) {
        data.onUser(source, message);
    }

    @Override
    public void onGap(Node source, GapMessage gap) {
        if (!gap.has(EvsMessage.COMMIT)) {
            data.onGap(source, gap);
        }
    }

    @Override
    public void onJoin(Node source, JoinMessage join) {
        joins.handle(source, join);
    }

    @Override
    public void onLeave(Node source, LeaveMessage leave) {
        if (leaves.isOfThisView(leave)) {
            leaves.record(source, leave);
            transitions.gatherAndJoin();
        } else {
            leaves.record(source, leave);
        }
    }

    @Override
    public void onRetransTimer() {
        emitter.keepalive();
    }

    @Override
    public void onSilence() {
        transitions.gatherAndJoin();
    }

    @Override
    public void close() {
        transitions.leave();
    }
}
