package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import java.nio.ByteBuffer;

/** What is above the core. Calls come from the core's owner, in the group's order; none may call back but {@link PaxosCore#send}. */
public interface PaxosListener {

    /**
     * A view begins (docs/spec/paxos.md 20.2).
     *
     * @param number of the view in this group
     * @param forced whether an operator forced it
     */
    void onView(PaxosConfiguration configuration, long groupId, long number, boolean forced);

    /** @param sender mid, a member of the present view; @param bytes not to be written to */
    void onMessage(int sender, int type, ByteBuffer bytes);

    /** A majority is out of reach (B25 of docs/spec/paxos.md 20.3); what was accepted may be delivered yet. */
    void onSuspended();

    /** @param reached false if it cannot be told any more: the majority is out of reach */
    void onCausal(long token, boolean reached);

    /**
     * Expelled: the next view is one of a new incarnation, or nothing follows but {@link #onLeft}.
     *
     * @param reason for the log
     */
    void onExpelled(String reason);

    /**
     * This member delivered what the forced group does not have: its state is of no use there. {@link #onExpelled} follows.
     *
     * @param slots how many
     */
    void onDiverged(long slots);

    /** @param failure null after {@link PaxosCore#leave} */
    void onLeft(String failure);

    /** Something a human should know. */
    void onNotice(String text);
}
