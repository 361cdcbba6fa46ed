package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;

/** All have committed to a view; waits until all know that (docs/spec/gcomm-evs.md 12.7). */
record Installing(Machine machine) implements EvsState {

    @Override
    public EvsStateName name() {
        return EvsStateName.INSTALL;
    }

    @Override
    public boolean leadsTo(EvsStateName next) {
        return next == EvsStateName.GATHER || next == EvsStateName.OPERATIONAL;
    }

    @Override
    public EvsSendResult send(int userType, EvsOrder order, ByteBuf payload) {
        return EvsSendResult.TRY_AGAIN;
    }

    @Override
    public void onUser(Node source, UserMessage message) {
        machine.data().onUser(source, message);
    }

    @Override
    public void onGap(Node source, GapMessage gap) {
        if (gap.has(EvsMessage.COMMIT)) {
            return;
        }
        if (machine.round().installOf(gap.sourceView()) != null) {
            source.installed = true;
            source.progressAt = machine.env().now();
            machine.installs().proceedWhenAllInstalled();
        } else {
            machine.data().onGap(source, gap);
        }
    }

    @Override
    public void onJoin(Node source, JoinMessage join) {
        machine.joins().handle(source, join);
    }

    @Override
    public void onInstall(Node source, InstallMessage install) {
        machine.installs().handle(source, install);
    }

    @Override
    public void onLeave(Node source, LeaveMessage leave) {
        machine.leaves().record(source, leave);
    }

    @Override
    public void onRetransTimer() {
        machine.sendCommitGap();
        machine.sendInstallGap();
    }

    @Override
    public void close() {
        machine.round().closePending = true;
    }
}
