package io.wsrep4j.gcomm.evs;

import io.wsrep4j.gcomm.evs.MalformedMessageException.Kind;
import io.wsrep4j.gcomm.log.LineKind;

/** Messages and acknowledgements of the current view (docs/spec/gcomm-evs.md 7, 11.1 and 11.3), in every state that takes them. */
final class DataHandling {

    private static final LineKind NO_ROOM = LineKind.ofPeer("messages without room");

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Round round;
    private final PastViews past;
    private final Backlog backlog;
    private final Delivery delivery;
    private final Emitter emitter;
    private final Retransmission retransmission;
    private final Announcer announcer;
    private final Transitions transitions;
    private final Commitment commitment;
    private final Agreement agreement;

    DataHandling(
            Environment env,
            NodeTable nodes,
            CurrentView current,
            Round round,
            PastViews past,
            Backlog backlog,
            Delivery delivery,
            Emitter emitter,
            Retransmission retransmission,
            Announcer announcer,
            Transitions transitions,
            Commitment commitment,
            Agreement agreement) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.round = round;
        this.past = past;
        this.backlog = backlog;
        this.delivery = delivery;
        this.emitter = emitter;
        this.retransmission = retransmission;
        this.announcer = announcer;
        this.transitions = transitions;
        this.commitment = commitment;
        this.agreement = agreement;
    }

    void onUser(Node source, UserMessage message) {
        if (!message.sourceView().equals(current.id())) {
            followIntoNewView(source, message);
            return;
        }
        if (round.install != null || !source.isMember()) {
            return;
        }
        InputMap map = current.map();
        int index = source.index;
        if (message.seq() > map.horizon(env.settings().sendWindow()) - message.seqRange()) {
            env.malformed(
                    source.uuid,
                    Kind.CONTENT,
                    "USER claims slot " + message.seq() + " when slot " + map.safeSeq() + " is the last safe one");
            return;
        }
        long markBefore = map.mark(index);
        long aruBefore = map.aru();
        if (message.seq() >= map.lu(index)) {
            long luBefore = map.lu(index);
            store(index, message);
            if (map.lu(index) > luBefore) {
                source.progressAt = env.now();
                source.completeAt = source.progressAt;
            }
        }
        map.raiseMark(current.selfIndex(), map.aru());
        acknowledged(source, message.aru());
        boolean resent = message.has(EvsMessage.RETRANS);
        if (map.hs(index) >= map.lu(index) && !resent) {
            retransmission.request(source, source, map.lu(index), map.hs(index));
        }
        boolean told = acknowledge(message, map.aru() != aruBefore);
        delivery.deliver();
        boolean news = map.aru() != aruBefore || markBefore != map.safeSeq();
        boolean behind = map.mark(current.selfIndex()) != map.safeSeq();
        if (!resent && news || told && behind) {
            agreement.tellWhenSettled();
        }
    }

    /** What there is no room for is lost, and comes again when it is asked for. */
    private void store(int index, UserMessage message) {
        InputMap map = current.map();
        if (!map.hasRoom(index, message, env.settings().sendWindow())) {
            env.log.info(
                    NO_ROOM,
                    message.source(),
                    "not keeping message {} of {}: its messages that are not safe hold {} bytes already",
                    message.seq(),
                    message.source(),
                    map.held(index));
        } else if (map.holdsMuch(index, message)) {
            UserMessage own = message.withOwnPayload(env.allocator);
            try {
                map.insert(index, own);
            } finally {
                own.release();
            }
        } else {
            map.insert(index, message);
        }
    }

    /** A message of a view that others have installed already: then this node may install it too, and handles the message in it. */
    private void followIntoNewView(Node source, UserMessage message) {
        if (transitions.is(EvsStateName.LEAVING)
                || past.contain(message)
                || !source.operational()
                || round.installOf(message.sourceView()) == null) {
            return;
        }
        commitment.installAsOthersDid();
        if (message.sourceView().equals(current.id())) {
            // behind the farewell, if this node was only waiting for the view to leave it
            backlog.add(source, message);
        }
    }

    /**
     * docs/spec/gcomm-evs.md 7.1: a completion acknowledges; otherwise a GAP; and what is queued may go as far as the window allows. Where the window
     * is closed the reference sends a GAP for each message; ours sends one only if it has something new to say, which is all that opens the others'
     * windows.
     *
     * @return true if a GAP was sent
     */
    private boolean acknowledge(UserMessage message, boolean aruMoved) {
        boolean operational = transitions.is(EvsStateName.OPERATIONAL);
        boolean told = false;
        if (emitter.isQueueEmpty()) {
            boolean completes = operational || transitions.is(EvsStateName.GATHER);
            long highest = current.map().maxHs();
            if (completes && !message.has(EvsMessage.MSG_MORE) && current.lastSent() < highest) {
                emitter.complete(highest);
            } else if (aruMoved) {
                sendAcknowledgement();
                told = true;
            }
        }
        if (operational && !emitter.flush() && aruMoved) {
            sendAcknowledgement();
            told = true;
        }
        return told;
    }

    private void sendAcknowledgement() {
        announcer.acknowledgement();
        if (transitions.is(EvsStateName.OPERATIONAL)) {
            emitter.proceed();
        }
        delivery.deliver();
    }

    void onGap(Node source, GapMessage gap) {
        if (!gap.sourceView().equals(current.id()) || !source.isMember()) {
            return;
        }
        InputMap map = current.map();
        long markBefore = map.mark(source.index);
        // once an INSTALL is accepted, the set of messages of the view is settled (docs/spec/gcomm-evs.md 19.3)
        if (round.install == null && acknowledged(source, gap.aru()) && !keepsBack(source)) {
            source.progressAt = env.now();
        }
        serve(source, gap);
        if (transitions.is(EvsStateName.OPERATIONAL)) {
            emitter.proceed();
        }
        delivery.deliver();
        if (markBefore != map.safeSeq()) {
            agreement.tellWhenSettled();
        }
    }

    /**
     * Raises a member's mark. One that was given up changes nothing any more of what those who go on have agreed on: it may be heard by one of them
     * only.
     */
    private boolean acknowledged(Node source, long aru) {
        return (source.operational() || source.leave != null) && current.acknowledged(source.index, aru);
    }

    /** Whoever does not send again what is missing holds everybody up, and may acknowledge what it likes. */
    private boolean keepsBack(Node source) {
        long now = env.now();
        if (current.map().hs(source.index) < current.map().lu(source.index)) {
            source.completeAt = now;
        }
        return now - source.completeAt > env.settings().suspectTimeout() / 2;
    }

    private void serve(Node requester, GapMessage gap) {
        if (gap.rangeUuid().isUndefined()) {
            return;
        }
        if (gap.rangeUuid().equals(env.self)) {
            boolean mayComplete = transitions.is(EvsStateName.OPERATIONAL)
                    || transitions.is(EvsStateName.GATHER) && round.install == null;
            if (gap.hs() > current.lastSent() && mayComplete) {
                emitter.complete(gap.hs());
            }
            retransmission.resend(requester.uuid, gap.lu(), gap.hs());
        } else if (gap.has(EvsMessage.RETRANS) && requester != nodes.self()) {
            retransmission.recover(requester.uuid, gap.rangeUuid(), gap.lu(), gap.hs());
        }
    }
}
