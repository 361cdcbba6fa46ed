package io.wsrep4j.gcomm.evs;

/** What a LEAVE does in any state (docs/spec/gcomm-evs.md 11.5). */
final class LeaveHandling {

    private final Environment env;
    private final CurrentView current;
    private final Round round;
    private final PastViews past;

    LeaveHandling(Environment env, CurrentView current, Round round, PastViews past) {
        this.env = env;
        this.current = current;
        this.round = round;
        this.past = past;
    }

    boolean isOfThisView(LeaveMessage leave) {
        return leave.sourceView().equals(current.id()) && !past.contain(leave);
    }

    /**
     * Notes that a node goes; true if its safe mark was raised. A member that has left another view than ours is lost to ours, as if it had
     * died: see {@link NodeTable#forgetForeignLeaves}.
     */
    boolean record(Node source, LeaveMessage leave) {
        boolean ours = leave.sourceView().equals(current.id());
        if (source.isMember() && !ours && round.installOf(leave.sourceView()) == null) {
            source.leaves();
            return false;
        }
        source.leave = leave;
        if (source.uuid.equals(env.self)) {
            return false;
        }
        source.leaves();
        // once an INSTALL is accepted, the set of messages of the view is settled (docs/spec/gcomm-evs.md 19.3)
        if (!isOfThisView(leave) || !source.isMember() || round.install != null) {
            return false;
        }
        boolean raised = current.acknowledged(source.index, leave.aru());
        if (raised) {
            source.progressAt = env.now();
        }
        return raised;
    }
}
