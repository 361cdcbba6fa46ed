package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.GroupEffects.Severity;
import java.util.List;
import java.util.function.Supplier;

/**
 * Judges members by what they send (docs/spec/gcs.md 28.1, 28.2 and 28.9). What it decides about the order (a member's actions are not heard any
 * more) follows from the order alone, so that it is decided alike everywhere; whom the group is asked to shut out may be decided by one and holds for
 * all. Every account begins anew with a primary view, as the members that join know nothing of former ones. Owned by {@link GroupState}, and
 * stateless itself: the accounts are in {@link Member}.
 */
public final class Conduct {

    /**
     * So many messages in one configuration that a member may not send are no accident. A sound one sends some after a change of the
     * configuration that found it at work: one action of a former protocol, and the write sets that its clients had waiting to be sent when it
     * lost its state.
     */
    public static final int MOST_OFFENCES = 100;

    /** A sound member never has more than a few STOPs or CONTs on their way at once. */
    public static final int MOST_UNPAIRED_STOPS = 32;

    private final GroupEffects effects;

    Conduct(GroupEffects effects) {
        this.effects = effects;
    }

    /** The member sent what it may not send now, perhaps in good faith. It changes nothing for anybody. */
    void offence(List<Member> members, int index, Supplier<String> what) {
        Member member = members.get(index);
        member.offences++;
        if (member.offences == 1) {
            effects.log(
                    Severity.WARN,
                    GroupLog.OFFENCES,
                    member.id,
                    "member " + Transfers.describe(members, index) + " " + what.get() + "; ignored");
        } else if (member.offences == MOST_OFFENCES) {
            isolate(
                    members,
                    index,
                    "it sent " + MOST_OFFENCES + " messages that it may not send; the last time it " + what.get());
        }
    }

    /** The member sent what no sound one can send. Nothing is heard from it any more in this configuration, except in a state exchange. */
    void fault(List<Member> members, int index, String what) {
        members.get(index).shunned = true;
        isolate(members, index, "it " + what + ", which no sound node does. Nothing it sends is heard any more");
    }

    /** As below, by its id. */
    void isolate(List<Member> members, Uuid id, String why) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).id.equals(id)) {
                isolate(members, i, why);
            }
        }
    }

    /** Asks for the member to be shut out, once in a configuration. */
    void isolate(List<Member> members, int index, String why) {
        Member member = members.get(index);
        if (!member.isolated) {
            member.isolated = true;
            effects.isolate(
                    member.id, "member " + Transfers.describe(members, index) + ", id " + member.id + ": " + why);
        }
    }
}
