package io.wsrep4j.gcomm.evs;

import io.wsrep4j.gcomm.evs.MalformedMessageException.Kind;
import io.wsrep4j.gcomm.log.LineKind;

/** Messages and acknowledgements of the current view (docs/spec/gcomm-evs.md 7, 11.1 and 11.3), in every state that takes them. */
final class DataHandling {

    private static final LineKind NO_ROOM = LineKind.ofPeer("messages without room");

    private final Machine machine;
    private final CurrentView current;
    private final Round round;

    DataHandling(Machine machine) {
        this.machine = machine;
        this.current = machine.current();
        this.round = machine.round();
    }

    void onUser(Node source, UserMessage message) {
        if (!message.sourceView().equals(current.id()) && !followIntoNewView(source, message)) {
            return;
        }
        if (round.install != null || !source.isMember()) {
            return;
        }
        InputMap map = current.map();
        int index = source.index;
        if (message.seq() > map.horizon(machine.env().settings().sendWindow()) - message.seqRange()) {
            machine.malformed(
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
                source.progressAt = machine.env().now();
                source.completeAt = source.progressAt;
            }
        }
        map.raiseMark(current.selfIndex(), map.aru());
        acknowledged(source, message.aru());
        boolean resent = message.has(EvsMessage.RETRANS);
        if (map.hs(index) >= map.lu(index) && !resent) {
            machine.retransmission().request(source, source, map.lu(index), map.hs(index));
        }
        acknowledge(message, map.aru() != aruBefore);
        machine.delivery().deliver();
        boolean news = map.aru() != aruBefore || markBefore != map.safeSeq();
        if (!resent && news) {
            tellWhenSettled();
        }
    }

    /** What there is no room for is lost, and comes again when it is asked for. */
    private void store(int index, UserMessage message) {
        InputMap map = current.map();
        if (!map.hasRoom(index, message, machine.env().settings().sendWindow())) {
            machine.env()
                    .log
                    .info(
                            NO_ROOM,
                            message.source(),
                            "not keeping message {} of {}: its messages that are not safe hold {} bytes already",
                            message.seq(),
                            message.source(),
                            map.held(index));
        } else if (map.holdsMuch(index, message)) {
            UserMessage own = message.withOwnPayload(machine.env().allocator);
            try {
                map.insert(index, own);
            } finally {
                own.release();
            }
        } else {
            map.insert(index, message);
        }
    }

    /** A message of a view that others have installed already: then this node may install it too. */
    private boolean followIntoNewView(Node source, UserMessage message) {
        if (machine.is(EvsStateName.LEAVING)
                || machine.past().contain(message)
                || !source.operational()
                || round.installOf(message.sourceView()) == null) {
            return false;
        }
        machine.installs().installAsOthersDid();
        return message.sourceView().equals(current.id());
    }

    /**
     * docs/spec/gcomm-evs.md 7.1: a completion acknowledges; otherwise a GAP; and what is queued may go as far as the window allows. Where the window
     * is closed the reference sends a GAP for each message; ours sends one only if it has something new to say, which is all that opens the others'
     * windows.
     */
    private void acknowledge(UserMessage message, boolean aruMoved) {
        Emitter emitter = machine.emitter();
        boolean operational = machine.is(EvsStateName.OPERATIONAL);
        if (emitter.isQueueEmpty()) {
            boolean completes = operational || machine.is(EvsStateName.GATHER);
            long highest = current.map().maxHs();
            if (completes && !message.has(EvsMessage.MSG_MORE) && current.lastSent() < highest) {
                emitter.complete(highest);
            } else if (aruMoved) {
                machine.sendAcknowledgement();
            }
        }
        if (operational && !emitter.flush() && aruMoved) {
            machine.sendAcknowledgement();
        }
    }

    void onGap(Node source, GapMessage gap) {
        if (!gap.sourceView().equals(current.id()) || !source.isMember()) {
            return;
        }
        InputMap map = current.map();
        long markBefore = map.mark(source.index);
        // once an INSTALL is accepted, the set of messages of the view is settled (docs/spec/gcomm-evs.md 19.3)
        if (round.install == null && acknowledged(source, gap.aru()) && !keepsBack(source)) {
            source.progressAt = machine.env().now();
        }
        serve(source, gap);
        if (machine.is(EvsStateName.OPERATIONAL)) {
            Emitter emitter = machine.emitter();
            if (!emitter.isQueueEmpty()) {
                emitter.flush();
            } else if (current.lastSent() < map.maxHs()) {
                emitter.complete(map.maxHs());
            }
        }
        machine.delivery().deliver();
        if (markBefore != map.safeSeq()) {
            tellWhenSettled();
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
        long now = machine.env().now();
        if (current.map().hs(source.index) < current.map().lu(source.index)) {
            source.completeAt = now;
        }
        return now - source.completeAt > machine.env().settings().suspectTimeout() / 2;
    }

    private void serve(Node requester, GapMessage gap) {
        if (gap.rangeUuid().isUndefined()) {
            return;
        }
        if (gap.rangeUuid().equals(machine.env().self)) {
            boolean mayComplete =
                    machine.is(EvsStateName.OPERATIONAL) || machine.is(EvsStateName.GATHER) && round.install == null;
            if (gap.hs() > current.lastSent() && mayComplete) {
                machine.emitter().complete(gap.hs());
            }
            machine.retransmission().resend(requester.uuid, gap.lu(), gap.hs());
        } else if (gap.has(EvsMessage.RETRANS) && requester != machine.nodes().self()) {
            machine.retransmission().recover(requester.uuid, gap.rangeUuid(), gap.lu(), gap.hs());
        }
    }

    /** In GATHER, when nothing more is to be expected and not all agree yet: say so. */
    private void tellWhenSettled() {
        if (machine.is(EvsStateName.GATHER)
                && round.install == null
                && machine.consensus().highestReachableSafeSeq()
                        == current.map().aru()
                && !machine.consensus().isReached()
                && (isJoinOld() || machine.announcer().isJoinOutdated())) {
            machine.sendJoin();
        }
    }

    /** A JOIN like the last one is worth sending only once in a while: each acknowledgement of a recovery would else bring one. */
    private boolean isJoinOld() {
        return machine.env().now() - round.lastJoinSentAt >= JoinHandling.JOIN_INTERVAL;
    }
}
