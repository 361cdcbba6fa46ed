package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;

/** A member of a regular view: messages flow. */
record Operational(Machine machine) implements EvsState {

    /**
     * After a view is installed, strangers are not heard for a moment: two groups that chase each other with INSTALLs would otherwise do so
     * for ever (docs/spec/gcomm-evs.md 19.1).
     */
    static final long HOLD_OFF = 300_000_000L;

    @Override
    public EvsStateName name() {
        return EvsStateName.OPERATIONAL;
    }

    @Override
    public boolean leadsTo(EvsStateName next) {
        return next == EvsStateName.LEAVING || next == EvsStateName.GATHER;
    }

    @Override
    public EvsSendResult send(int userType, EvsOrder order, ByteBuf payload) {
        return machine.emitter().send(userType, order, payload);
    }

    @Override
    public boolean welcomes(EvsMessage fromStranger) {
        return machine.env().now() - machine.operationalSince() >= HOLD_OFF;
    }

    @Override
    public void onUser(Node source, UserMessage message) {
        machine.data().onUser(source, message);
    }

    @Override
    public void onGap(Node source, GapMessage gap) {
        if (!gap.has(EvsMessage.COMMIT)) {
            machine.data().onGap(source, gap);
        }
    }

    @Override
    public void onJoin(Node source, JoinMessage join) {
        machine.joins().handle(source, join);
    }

    @Override
    public void onLeave(Node source, LeaveMessage leave) {
        if (machine.leaves().isOfThisView(leave)) {
            machine.leaves().record(source, leave);
            machine.gatherAndJoin();
        } else {
            machine.leaves().record(source, leave);
        }
    }

    @Override
    public long retransPeriod(EvsSettings settings) {
        return settings.keepalivePeriod();
    }

    @Override
    public void onRetransTimer() {
        machine.emitter().keepalive();
    }

    @Override
    public void onSilence() {
        machine.gatherAndJoin();
    }

    @Override
    public void close() {
        machine.leave();
    }
}
