package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.MalformedMessageException.Kind;
import io.wsrep4j.gcomm.log.LineKind;

/** Decides which messages are handled at all, and lets strangers in (docs/spec/gcomm-evs.md 3.4 and 10). */
final class Admission {

    private static final LineKind VERSION = LineKind.ofPeer("messages of an unknown version");

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Round round;
    private final Evictions evictions;
    private final Outbox outbox;
    private final Transitions transitions;
    private final States states;
    private final ContentCheck content;
    private final Strangers strangers;
    private final LeftBehind leftBehind;
    private final DelayedNodes delayed;
    private final EvsDecoder decoder = new EvsDecoder();

    Admission(
            Environment env,
            NodeTable nodes,
            CurrentView current,
            Round round,
            Evictions evictions,
            Outbox outbox,
            Transitions transitions,
            States states,
            ContentCheck content,
            Strangers strangers,
            LeftBehind leftBehind,
            DelayedNodes delayed) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.round = round;
        this.evictions = evictions;
        this.outbox = outbox;
        this.transitions = transitions;
        this.states = states;
        this.content = content;
        this.strangers = strangers;
        this.leftBehind = leftBehind;
        this.delayed = delayed;
    }

    void receive(Uuid transportSource, ByteBuf bytes) {
        if (transitions.is(EvsStateName.CLOSED)
                || transportSource.equals(env.self)
                || evictions.contains(transportSource)) {
            return;
        }
        EvsMessage message;
        try {
            message = decoder.decode(bytes, transportSource);
            if (!message.source().equals(transportSource)) {
                throw new MalformedMessageException(
                        Kind.CONTENT,
                        message.type() + " of " + transportSource,
                        "the name of " + message.source(),
                        "its own, unless it is passed on");
            }
            content.check(message);
            if (message instanceof DelegateMessage delegate) {
                content.check(delegate.inner());
            }
        } catch (MalformedMessageException e) {
            env.transport.malformed(transportSource, e.getMessage());
            return;
        }
        if (!outbox.isMuted()) {
            admit(message, true);
        }
    }

    /** @param direct it came from its source, and not inside a DELEGATE */
    private void admit(EvsMessage message, boolean direct) {
        boolean ofCurrentView = message.sourceView().equals(current.id());
        if (message.source().equals(env.self)
                || evictions.contains(message.source()) && !(ofCurrentView && isRecovered(message))) {
            return;
        }
        if (message.version() > EvsSettings.MAXIMUM_VERSION) {
            env.log.info(
                    VERSION,
                    message.source(),
                    "ignoring {} of version {} from {}",
                    message.type(),
                    message.version(),
                    message.source());
            return;
        }
        Node source = nodes.get(message.source());
        if (source == null) {
            strangers.hear(message);
            return;
        }
        boolean resent = message.has(EvsMessage.RETRANS);
        if (direct && !resent) {
            source.seenAt = env.now();
        }
        boolean passesAnyway = transitions.is(EvsStateName.LEAVING) && ofCurrentView;
        boolean givenUp = !source.operational() && source.leave == null;
        if (!passesAnyway && givenUp && !(resent && isOfOldView(message))) {
            return;
        }
        if (message.fifoSeq() != EvsMessage.NO_FIFO_SEQ && !resent) {
            if (source.fifoSeq >= message.fifoSeq()) {
                return;
            }
            source.fifoSeq = message.fifoSeq();
        }
        if (!message.isMembership() && !ofCurrentView && round.installOf(message.sourceView()) == null) {
            rememberEarly(source, message);
            leftBehind.notice(source, message);
            return;
        }
        if (ofCurrentView && !source.isMember()) {
            return;
        }
        dispatch(source, message);
    }

    /** What a node that was given up may still send again, or ask for; it takes no part in the next view. */
    private static boolean isOfOldView(EvsMessage message) {
        return message instanceof UserMessage || message instanceof GapMessage || message instanceof LeaveMessage;
    }

    /**
     * Another member sends again what an evicted one has sent: those who go on must agree on what it had sent until then, or they never go on
     * together. The evicted one itself is not heard.
     */
    private boolean isRecovered(EvsMessage message) {
        return message instanceof UserMessage && message.has(EvsMessage.RETRANS) && current.hasMember(message.source());
    }

    /** Commit and install gaps may overtake the INSTALL that they belong to (docs/spec/gcomm-evs.md 12.7 and 19.13). */
    private void rememberEarly(Node source, EvsMessage message) {
        if (message instanceof GapMessage gap
                && transitions.is(EvsStateName.GATHER)
                && gap.rangeUuid().isUndefined()) {
            if (gap.has(EvsMessage.COMMIT)) {
                source.earlyCommit = gap;
            } else if (gap.seq() == -1 && gap.aru() == -1) {
                source.earlyInstall = gap.sourceView();
            }
        }
    }

    /**
     * A member passes on what it was asked for, and LEAVEs. Whoever is heard itself can say itself that it leaves, and says so again and again;
     * of anything else nobody but its source can be believed.
     */
    private boolean mayPassOn(Node helper, EvsMessage inner) {
        if (!inner.has(EvsMessage.RETRANS)) {
            return false;
        }
        if (inner instanceof UserMessage user) {
            return user.seq() <= helper.askedFor.getOrDefault(user.source(), -1L);
        }
        Node leaver = nodes.get(inner.source());
        return inner instanceof LeaveMessage && leaver != null && (leaver.leave != null || isUnheard(leaver));
    }

    private boolean isUnheard(Node node) {
        long period = env.settings().keepalivePeriod();
        return env.now() - node.seenAt > period + period / 2;
    }

    private void dispatch(Node source, EvsMessage message) {
        if (message instanceof DelegateMessage delegate) {
            if (mayPassOn(source, delegate.inner())) {
                admit(delegate.inner(), false);
            }
        } else if (message instanceof DelayedListMessage list) {
            delayed.handle(source, list);
        } else {
            states.handle(source, message);
        }
    }
}
