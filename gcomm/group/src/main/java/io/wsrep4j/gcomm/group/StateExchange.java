package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.GroupEffects.Severity;
import io.wsrep4j.gcomm.group.message.MalformedMessageException;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.StateMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The state exchange of a primary view: its first member gives it a number, everybody answers with what it knows, and nobody works until all have spoken
 * (docs/spec/gcs.md 8.2, 8.3, 28.4 and 28.5). Owned by {@link Configuration}, which has the phase.
 */
final class StateExchange {

    private final Membership members;
    private final GroupEffects effects;
    private final Conduct conduct;
    private Uuid uuid = Uuid.UNDEFINED;
    /** Counts the state exchanges of this node. */
    private long exchanges;

    StateExchange(Membership members, GroupEffects effects, Conduct conduct) {
        this.members = members;
        this.effects = effects;
        this.conduct = conduct;
    }

    /** What the answers answer; undefined while the first member has not spoken. */
    Uuid uuid() {
        return uuid;
    }

    /** A primary view: an exchange is to come. */
    void await() {
        uuid = Uuid.UNDEFINED;
        effects.exchangeBegan(++exchanges);
    }

    /** This member is the first, and begins it. */
    void begin(Uuid number) {
        ByteBuffer payload = ByteBuffer.allocate(Uuid.BYTES);
        number.write(payload, 0);
        effects.send(MessageType.STATE_UUID, payload);
    }

    /** STATE_UUID. @return true if it is to be answered */
    boolean begins(int senderIndex, ByteBuffer payload, ConfigurationPhase phase) throws MalformedMessageException {
        if (payload.remaining() != Uuid.BYTES) {
            throw new MalformedMessageException(
                    "STATE_UUID", payload.remaining() + " bytes", String.valueOf(Uuid.BYTES));
        }
        if (senderIndex != 0 || phase != ConfigurationPhase.WAIT_STATE_UUID) {
            // a representative may have sent it for a configuration that went by
            effects.log(
                    senderIndex == 0 ? Severity.INFO : Severity.WARN,
                    GroupLog.STRAYS,
                    members.all().get(senderIndex).id,
                    "unexpected STATE_UUID from member " + Transfers.describe(members.all(), senderIndex) + " in "
                            + phase + "; ignored");
            return false;
        }
        uuid = Uuid.read(payload, payload.position());
        return true;
    }

    /** STATE_MESSAGE. @return true if it was the last one that was missing */
    boolean hears(int senderIndex, ByteBuffer payload, ConfigurationPhase phase) throws MalformedMessageException {
        if (phase != ConfigurationPhase.WAIT_STATE_MESSAGES) {
            effects.log(
                    Severity.DEBUG,
                    "STATE_MESSAGE from member " + Transfers.describe(members.all(), senderIndex) + " in " + phase
                            + "; ignored");
            return false;
        }
        StateMessage message = StateMessage.decode(payload);
        if (!message.exchange().equals(uuid)) {
            effects.log(
                    Severity.DEBUG,
                    "STATE_MESSAGE from member " + message.name() + " answers another exchange; ignored");
            return false;
        }
        members.all().get(senderIndex).states(message);
        if (!members.haveStated()) {
            return false;
        }
        Credibility.judge(members.all(), this::disbelieved);
        return true;
    }

    private void disbelieved(int index, String why) {
        if (index != members.ownIndex()) {
            conduct.isolate(members.all(), index, "it " + why + ". Its word does not count");
        }
    }

    /** See {@link Configuration#exchangeIsOverdue}. */
    boolean isOverdue(long number, ConfigurationPhase phase) {
        if (number != exchanges || !phase.isExchanging()) {
            return false;
        }
        List<Integer> silent = silent(phase);
        if (silent.contains(members.ownIndex())
                || 2 * silent.size() > members.all().size()) {
            effects.log(
                    Severity.WARN,
                    "the state exchange has not ended, and this node cannot tell whose fault it is: " + silent.size()
                            + " of " + members.all().size() + " members have not spoken");
            return true;
        }
        silent.forEach(index -> conduct.isolate(
                members.all(), index, "it is silent in the state exchange, and nobody can work until that ends"));
        return true;
    }

    private List<Integer> silent(ConfigurationPhase phase) {
        if (phase == ConfigurationPhase.WAIT_STATE_UUID) {
            return List.of(0);
        }
        List<Integer> silent = new ArrayList<>();
        for (int i = 0; i < members.all().size(); i++) {
            if (!members.all().get(i).hasStated) {
                silent.add(i);
            }
        }
        return silent;
    }
}
