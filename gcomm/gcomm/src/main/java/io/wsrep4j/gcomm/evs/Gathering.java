package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;

/** Exchanges knowledge until all say the same, then commits to the representative's INSTALL (docs/spec/gcomm-evs.md 12). */
record Gathering(Machine machine) implements EvsState {

    @Override
    public EvsStateName name() {
        return EvsStateName.GATHER;
    }

    @Override
    public boolean leadsTo(EvsStateName next) {
        return next == EvsStateName.LEAVING || next == EvsStateName.GATHER || next == EvsStateName.INSTALL;
    }

    @Override
    public EvsSendResult send(int userType, EvsOrder order, ByteBuf payload) {
        return EvsSendResult.TRY_AGAIN;
    }

    @Override
    public boolean welcomes(EvsMessage fromStranger) {
        return true;
    }

    @Override
    public void onUser(Node source, UserMessage message) {
        machine.data().onUser(source, message);
    }

    @Override
    public void onGap(Node source, GapMessage gap) {
        if (gap.has(EvsMessage.COMMIT)) {
            onCommit(source, gap);
        } else if (machine.round().installOf(gap.sourceView()) != null) {
            // the sender is ahead: remembered until this node is there too
            source.earlyInstall = gap.sourceView();
        } else {
            machine.data().onGap(source, gap);
        }
    }

    private void onCommit(Node source, GapMessage gap) {
        InstallMessage install = machine.round().installOf(gap.sourceView());
        if (install == null) {
            return;
        }
        if (gap.seq() == install.fifoSeq()) {
            source.committed = true;
            source.progressAt = machine.env().now();
            machine.installs().proceedWhenAllCommitted();
        } else if (gap.seq() > install.fifoSeq()) {
            machine.gatherAndJoin();
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
        if (machine.leaves().record(source, leave)) {
            machine.sendJoin();
        }
    }

    @Override
    public void onRetransTimer() {
        InstallMessage install = machine.round().install;
        if (install == null) {
            machine.sendJoin();
            return;
        }
        if (install.source().equals(machine.env().self) && !machine.installs().allCommitted()) {
            machine.announcer().installAgain(install);
        }
        machine.sendCommitGap();
    }

    @Override
    public void close() {
        machine.round().closePending = true;
    }
}
