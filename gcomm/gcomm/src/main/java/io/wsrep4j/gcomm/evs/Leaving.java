package io.wsrep4j.gcomm.evs;

/** Has said good-bye; serves the others until they have what they need (docs/spec/gcomm-evs.md 12.8). */
record Leaving(Machine machine) implements EvsState {

    @Override
    public EvsStateName name() {
        return EvsStateName.LEAVING;
    }

    @Override
    public boolean leadsTo(EvsStateName next) {
        return next == EvsStateName.CLOSED;
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
        machine.joins().handleWhileLeaving(source, join);
    }

    @Override
    public void onInstall(Node source, InstallMessage install) {
        NodeEntry self = install.about(machine.env().self);
        if (self != null && (!self.operational() || self.leaving())) {
            machine.becomeClosed();
        }
    }

    @Override
    public void onLeave(Node source, LeaveMessage leave) {
        machine.leaves().record(source, leave);
        if (machine.current().memberCount() == 1 ? source == machine.nodes().self() : isNobodyLeft()) {
            machine.becomeClosed();
        }
    }

    /** All leave, so nobody will install a view without this node; what they said last has come. */
    private boolean isNobodyLeft() {
        CurrentView current = machine.current();
        for (Node node : machine.nodes().all()) {
            if (node != machine.nodes().self() && node.isMember()) {
                boolean said = node.leave != null && node.leave.sourceView().equals(current.id());
                if (!said || current.map().lu(node.index) <= node.leave.seq()) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public long retransPeriod(EvsSettings settings) {
        return settings.keepalivePeriod();
    }

    @Override
    public void onRetransTimer() {
        machine.announcer().leave();
        machine.retransmission().resendMissing();
    }

    @Override
    public void onSilence() {
        for (Node node : machine.nodes().all()) {
            if (node != machine.nodes().self() && node.operational()) {
                return;
            }
        }
        machine.becomeClosed();
    }
}
