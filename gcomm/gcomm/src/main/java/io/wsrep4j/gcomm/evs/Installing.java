package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;

/** All have committed to a view; waits until all know that (docs/spec/gcomm-evs.md 12.7). */
record Installing(
        Environment env,
        Round round,
        Announcer announcer,
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
    public void onUser(Node source, UserMessage message) {
        data.onUser(source, message);
    }

    @Override
    public void onGap(Node source, GapMessage gap) {
        if (gap.has(EvsMessage.COMMIT)) {
            return;
        }
        if (round.installOf(gap.sourceView()) != null) {
            source.installed = true;
            source.progressAt = env.now();
            commitment.proceedWhenAllInstalled();
        } else {
            data.onGap(source, gap);
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
        leaves.record(source, leave);
    }

    @Override
    public void onRetransTimer() {
        announcer.commitGap();
        announcer.installGap();
    }

    @Override
    public void close() {
        round.closePending = true;
    }
}
