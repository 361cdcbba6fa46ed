package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;

/** Exchanges knowledge until all say the same, then commits to the representative's INSTALL (docs/spec/gcomm-evs.md 12). */
record Gathering(
        Environment env,
        Round round,
        Announcer announcer,
        Transitions transitions,
        Commitment commitment,
        DataHandling data,
        JoinHandling joins,
        InstallHandling installs,
        LeaveHandling leaves)
        implements EvsState {

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
        data.onUser(source, message);
    }

    @Override
    public void onGap(Node source, GapMessage gap) {
        if (gap.has(EvsMessage.COMMIT)) {
            onCommit(source, gap);
        } else if (round.installOf(gap.sourceView()) != null) {
            // the sender is ahead: remembered until this node is there too
            source.earlyInstall = gap.sourceView();
        } else {
            data.onGap(source, gap);
        }
    }

    private void onCommit(Node source, GapMessage gap) {
        InstallMessage install = round.installOf(gap.sourceView());
        if (install == null) {
            return;
        }
        if (gap.seq() == install.fifoSeq()) {
            source.committed = true;
            source.progressAt = env.now();
            commitment.proceedWhenAllCommitted();
        } else if (gap.seq() > install.fifoSeq()) {
            transitions.gatherAndJoin();
        }
    }

    @Override
    public void onJoin(Node source, JoinMessage join) {
        joins.handle(source, join);
    }

    @Override
    public void onInstall(Node source, InstallMessage install) {
        installs.handle(source, install);
    }

    @Override
    public void onLeave(Node source, LeaveMessage leave) {
        if (leaves.record(source, leave)) {
            announcer.join();
        }
    }

    @Override
    public void onRetransTimer() {
        InstallMessage install = round.install;
        if (install == null) {
            announcer.join();
            return;
        }
        if (install.source().equals(env.self) && !commitment.allCommitted()) {
            announcer.installAgain(install);
        }
        announcer.commitGap();
    }

    @Override
    public void close() {
        round.closePending = true;
    }
}
