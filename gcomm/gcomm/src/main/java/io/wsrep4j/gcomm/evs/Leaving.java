package io.wsrep4j.gcomm.evs;

/** Has said good-bye; serves the others until they have what they need (docs/spec/gcomm-evs.md 12.8). */
record Leaving(
        Environment env,
        NodeTable nodes,
        CurrentView current,
        Delivery delivery,
        Retransmission retransmission,
        Announcer announcer,
        Transitions transitions,
        CompanionReports reports,
        DataHandling data,
        LeaveHandling leaves)
        implements EvsState {

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

    /** Only makes sure that the others get this node's messages. */
    @Override
    public void onJoin(Node source, JoinMessage join) {
        if (!join.sourceView().equals(current.id())) {
            return;
        }
        source.progressAt = env.now();
        source.join = join;
        if (reports.raiseMarks(source, reports.in(join))) {
            announcer.leaveToOthers();
        }
        retransmission.requestMissing();
        delivery.deliver();
    }

    @Override
    public void onInstall(Node source, InstallMessage install) {
        NodeEntry self = install.about(env.self);
        if (self != null && (!self.operational() || self.leaving())) {
            transitions.becomeClosed();
        }
    }

    @Override
    public void onLeave(Node source, LeaveMessage leave) {
        leaves.record(source, leave);
        if (current.memberCount() == 1 ? source == nodes.self() : isNobodyLeft()) {
            transitions.becomeClosed();
        }
    }

    /** All leave, so nobody will install a view without this node; what they said last has come. */
    private boolean isNobodyLeft() {
        for (Node node : nodes.all()) {
            if (node != nodes.self() && node.isMember()) {
                boolean said = node.leave != null && node.leave.sourceView().equals(current.id());
                if (!said || current.map().lu(node.index) <= node.leave.seq()) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void onRetransTimer() {
        announcer.leaveToOthers();
        retransmission.resendMissing();
    }

    @Override
    public void onSilence() {
        for (Node node : nodes.all()) {
            if (node != nodes.self() && node.operational()) {
                return;
            }
        }
        transitions.becomeClosed();
    }
}
