package io.wsrep4j.flow;

/**
 * Decides when this member asks the group for a pause and when the group is paused (docs/spec/gcs.md 12). Not thread-safe: owned by the lock of the
 * receive queue.
 *
 * <p>The caller tells it every length of the receive queue and every flow control message that was delivered, and sends what it asks for. A
 * message that could not be sent is taken back with {@link #notSent}.
 */
public final class FlowControl {

    /** What to send to the group. */
    public enum Signal {
        NONE,
        STOP,
        CONTINUE
    }

    /** This member's part, as far as flow control is concerned. */
    public enum Role {
        /** In step with the group. */
        SYNCED,
        /** Complete, and catching up. */
        JOINED,
        /** Donating or desynced. */
        DONOR,
        /** Receiving a state transfer. */
        JOINER,
        /** Needs a transfer, or is not in a primary component. */
        OUTSIDE
    }

    private FlowSettings settings;
    private Role role = Role.OUTSIDE;
    private int configuration;
    private int members;
    private long upper;
    private long lower;
    /** Backlog of the transfer that is not held against this member; it only shrinks. */
    private long offset;

    /** This member wants a pause for a reason of its own, however short its queue is. */
    private boolean held;

    private boolean stopSent;
    private int stopCount;
    private long stopsSent;
    private long continuesSent;
    private long stopsReceived;

    public FlowControl(FlowSettings settings) {
        this.settings = settings;
    }

    /** Replaces the settings and computes the interval anew. */
    public void settings(FlowSettings newSettings) {
        settings = newSettings;
        computeInterval();
    }

    public FlowSettings settings() {
        return settings;
    }

    /**
     * A configuration begins: all pauses of the former one are over.
     *
     * @param newConfiguration low 32 bits of its id
     * @param memberCount arbitrators included; 0 when this member left
     */
    public void configurationChanged(int newConfiguration, int memberCount) {
        configuration = newConfiguration;
        members = memberCount;
        stopSent = false;
        stopCount = 0;
        computeInterval();
    }

    private void computeInterval() {
        double scale = settings.singlePrimary() ? (members == 0 ? 0 : 1) : Math.sqrt(members);
        upper = (long) Math.floor(settings.limit() * scale + 0.5);
        lower = (long) Math.floor(upper * settings.factor() + 0.5);
    }

    /**
     * This member's part changes.
     *
     * @param queueLength of the receive queue now
     * @return CONTINUE if a pause that this member asked for must end now
     */
    public Signal role(Role newRole, long queueLength) {
        Role old = role;
        role = newRole;
        if (newRole == Role.JOINED && old != Role.JOINED) {
            offset = queueLength;
        } else if (newRole == Role.SYNCED) {
            offset = 0;
        }
        boolean mustEnd = newRole == Role.DONOR && !settings.syncDonor()
                || newRole == Role.OUTSIDE
                || newRole == Role.JOINED && old == Role.JOINER;
        if (isHoldDue()) {
            return stop();
        }
        return mustEnd && stopSent && !holds() ? sendContinue() : Signal.NONE;
    }

    /**
     * This member wants the group to pause, or does not want it any more, for another reason than the length of its queue: its certification index
     * nears its bound. It takes effect in every role in which a member certifies, a donor's too; a pause lasts beyond changes of configuration.
     *
     * @param queueLength of the receive queue now
     */
    public Signal hold(boolean on, long queueLength) {
        held = on;
        return isHoldDue() ? stop() : on ? Signal.NONE : endIfShort(queueLength, false);
    }

    /** True if {@link #hold} is wanted and this member is one that certifies. */
    private boolean holds() {
        return held && (role == Role.SYNCED || role == Role.JOINED || role == Role.DONOR);
    }

    private boolean isHoldDue() {
        return holds() && !stopSent && members > 0;
    }

    public Role role() {
        return role;
    }

    /**
     * A foreign action goes into the queue.
     *
     * @param queueLength including it
     */
    public Signal queued(long queueLength) {
        return stopCount <= 0 && !stopSent && queueLength > upper + offset && takesPart() ? stop() : Signal.NONE;
    }

    /** STOP, if none of this member's is outstanding: a joiner's queue has grown too far ({@link TransferThrottle}). */
    public Signal stop() {
        if (stopSent) {
            return Signal.NONE;
        }
        stopSent = true;
        stopsSent++;
        return Signal.STOP;
    }

    /** CONTINUE, if a STOP of this member's is outstanding: the pause of a joiner is over. */
    public Signal endStop() {
        return stopSent ? sendContinue() : Signal.NONE;
    }

    /**
     * An action was taken from the queue.
     *
     * @param queueLength without it
     */
    public Signal taken(long queueLength) {
        boolean decreased = offset > queueLength;
        if (decreased) {
            offset = queueLength;
        }
        return isHoldDue() ? stop() : endIfShort(queueLength, decreased);
    }

    private Signal endIfShort(long queueLength, boolean decreased) {
        // a donor's queue does not count: what it has outstanding was for a hold
        boolean over =
                role == Role.DONOR && !settings.syncDonor() || (queueLength <= lower || decreased) && takesPart();
        return stopSent && over && !holds() ? sendContinue() : Signal.NONE;
    }

    private Signal sendContinue() {
        stopSent = false;
        continuesSent++;
        return Signal.CONTINUE;
    }

    private boolean takesPart() {
        return role == Role.SYNCED || role == Role.JOINED || role == Role.DONOR && settings.syncDonor();
    }

    /** A signal that was asked for could not be sent in this configuration: as if it had not been asked for. */
    public void notSent(Signal signal, int inConfiguration) {
        if (inConfiguration != configuration) {
            return;
        }
        if (signal == Signal.STOP) {
            stopSent = false;
            stopsSent--;
        } else if (signal == Signal.CONTINUE) {
            stopSent = true;
            continuesSent--;
        }
    }

    /**
     * A flow control message was delivered, own ones included.
     *
     * @return STOP if sending must pause now, CONTINUE if it may go on now
     */
    public Signal delivered(int inConfiguration, boolean stop) {
        if (inConfiguration != configuration) {
            return Signal.NONE;
        }
        if (stop) {
            stopsReceived++;
            return ++stopCount == 1 ? Signal.STOP : Signal.NONE;
        }
        return --stopCount == 0 ? Signal.CONTINUE : Signal.NONE;
    }

    /** True if the queue of a JOINED member is short enough to be called synced. */
    public boolean isSyncDue(long queueLength) {
        return role == Role.JOINED && queueLength <= lower;
    }

    /** Low 32 bits of the id of the configuration that signals belong to. */
    public int configuration() {
        return configuration;
    }

    /** Queue length above which a pause is asked for, without the backlog of a transfer. */
    public long upper() {
        return upper;
    }

    /** Queue length at which the pause ends. */
    public long lower() {
        return lower;
    }

    /** True while somebody's pause is in force. */
    public boolean isActive() {
        return stopCount > 0;
    }

    /** True while this member has a pause outstanding. */
    public boolean isRequested() {
        return stopSent;
    }

    /** STOPs sent since the last flush. */
    public long stopsSent() {
        return stopsSent;
    }

    /** CONTs sent since the last flush. */
    public long continuesSent() {
        return continuesSent;
    }

    /** STOPs delivered since the last flush, own ones included. */
    public long stopsReceived() {
        return stopsReceived;
    }

    /** FLUSH STATUS: counts anew. */
    public void flush() {
        stopsSent = 0;
        continuesSent = 0;
        stopsReceived = 0;
    }
}
