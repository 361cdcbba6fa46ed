package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.MalformedMessageException.Kind;
import io.wsrep4j.gcomm.log.LineKind;

/** Decides which messages are handled at all, and lets strangers in (docs/spec/gcomm-evs.md 3.4 and 10). */
final class Admission {

    private static final LineKind VERSION = LineKind.ofPeer("messages of an unknown version");

    /** View numbers above this are refused: nothing could follow them (docs/spec/gcomm-evs.md 4). */
    static final int HIGHEST_VIEW_SEQ = ViewId.MAXIMUM_SEQ - (1 << 16);

    private final Machine machine;
    private final NodeTable nodes;
    private final CurrentView current;
    private final EvsDecoder decoder = new EvsDecoder();

    Admission(Machine machine) {
        this.machine = machine;
        this.nodes = machine.nodes();
        this.current = machine.current();
    }

    void receive(Uuid transportSource, ByteBuf bytes) {
        if (machine.is(EvsStateName.CLOSED)
                || transportSource.equals(machine.env().self)
                || machine.evictions().contains(transportSource)) {
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
            checkContent(message);
            if (message instanceof DelegateMessage delegate) {
                checkContent(delegate.inner());
            }
        } catch (MalformedMessageException e) {
            machine.env().transport.malformed(transportSource, e.getMessage());
            return;
        }
        if (!machine.outbox().isMuted()) {
            admit(message, true);
        }
    }

    private void checkContent(EvsMessage message) throws MalformedMessageException {
        Knowledge knowledge = null;
        ViewId claimed = message.sourceView();
        if (message instanceof JoinMessage join) {
            knowledge = join.knowledge();
            if (claimed.equals(current.id()) && !knowledge.nodes().containsKey(machine.env().self)) {
                throw new MalformedMessageException(
                        Kind.CONTENT, "JOIN of our view " + claimed, "a list without us", "with us");
            }
        } else if (message instanceof InstallMessage install) {
            knowledge = install.knowledge();
            claimed = install.installView();
            if (!claimed.uuid().equals(message.source()) || claimed.type() != ViewType.REG) {
                throw new MalformedMessageException(
                        Kind.CONTENT, "INSTALL of " + message.source(), "view " + claimed, "a regular one of its own");
            }
        } else if (message instanceof LeaveMessage leave && leave.seq() < 0) {
            throw new MalformedMessageException(
                    Kind.CONTENT, "last slot in LEAVE", String.valueOf(leave.seq()), "0 and more");
        }
        if (knowledge == null) {
            return;
        }
        if (!knowledge.nodes().containsKey(message.source())) {
            throw new MalformedMessageException(
                    Kind.CONTENT, message.type() + " of " + message.source(), "a list without its sender", "with it");
        }
        boolean ours = knowledge.nodes().get(message.source()).view().equals(current.id());
        if (ours && message instanceof InstallMessage && !knowledge.nodes().containsKey(machine.env().self)) {
            throw new MalformedMessageException(
                    Kind.CONTENT, "INSTALL by a member of our view", "a list without us", "with us");
        }
        if (claimed.seq() > HIGHEST_VIEW_SEQ || message.sourceView().seq() > HIGHEST_VIEW_SEQ) {
            throw new MalformedMessageException(
                    Kind.CONTENT,
                    message.type() + " of " + message.source(),
                    "view " + claimed,
                    "view numbers up to " + HIGHEST_VIEW_SEQ);
        }
    }

    /** @param direct it came from its source, and not inside a DELEGATE */
    private void admit(EvsMessage message, boolean direct) {
        boolean ofCurrentView = message.sourceView().equals(current.id());
        if (message.source().equals(machine.env().self)
                || machine.evictions().contains(message.source()) && !(ofCurrentView && isRecovered(message))) {
            return;
        }
        if (message.version() > EvsSettings.MAXIMUM_VERSION) {
            machine.env()
                    .log
                    .info(
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
            if (machine.is(EvsStateName.LEAVING)) {
                hearGoodbye(message);
            } else {
                meet(message);
            }
            return;
        }
        boolean resent = message.has(EvsMessage.RETRANS);
        if (direct && !resent) {
            source.seenAt = machine.env().now();
        }
        boolean passesAnyway = machine.is(EvsStateName.LEAVING) && ofCurrentView;
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
        if (!message.isMembership() && !ofCurrentView && machine.round().installOf(message.sourceView()) == null) {
            rememberEarly(source, message);
            machine.leftBehind().notice(source, message);
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
                && machine.is(EvsStateName.GATHER)
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
        long period = machine.env().settings().keepalivePeriod();
        return machine.env().now() - node.seenAt > period + period / 2;
    }

    private void dispatch(Node source, EvsMessage message) {
        EvsState state = machine.state();
        if (message instanceof UserMessage user) {
            state.onUser(source, user);
        } else if (message instanceof GapMessage gap) {
            state.onGap(source, gap);
        } else if (message instanceof JoinMessage join) {
            state.onJoin(source, join);
        } else if (message instanceof InstallMessage install) {
            state.onInstall(source, install);
        } else if (message instanceof LeaveMessage leave) {
            state.onLeave(source, leave);
        } else if (message instanceof DelegateMessage delegate) {
            if (mayPassOn(source, delegate.inner())) {
                admit(delegate.inner(), false);
            }
        } else if (message instanceof DelayedListMessage list) {
            machine.delayed().handle(source, list);
        }
    }

    /** The next view may be proposed by somebody who joins in it, and whom a node that leaves has never met. */
    private void hearGoodbye(EvsMessage message) {
        if (message instanceof InstallMessage install) {
            NodeEntry self = install.about(machine.env().self);
            if (self != null && self.leaving() && self.view().equals(current.id())) {
                machine.becomeClosed();
            }
        }
    }

    /** A message of a node that is not known (docs/spec/gcomm-evs.md 10.2). */
    private void meet(EvsMessage message) {
        if (message instanceof LeaveMessage
                || nodes.isFull()
                || machine.round().install != null
                || message.sourceView().equals(current.id())
                || machine.past().contain(message)
                || nodes.knowsOtherIncarnation(message.source())
                || !machine.state().welcomes(message)) {
            return;
        }
        machine.debug(EvsLog.FOREIGN, "meeting node {}", message.source());
        Node node = nodes.add(message.source(), machine.env().now());
        machine.gather();
        machine.armInstall();
        if (message instanceof JoinMessage join) {
            node.join = join;
        }
        machine.sendJoin();
    }
}
