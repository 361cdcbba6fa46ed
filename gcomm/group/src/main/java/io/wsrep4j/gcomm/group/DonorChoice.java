package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.group.StateTransferAnswer.Status;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import java.util.List;

/**
 * Chooses who donates to a joiner (docs/spec/gcs.md 10.3): a pure function of the members and the request, equal on all members. Used for one
 * choice.
 */
final class DonorChoice {

    /** A donor, or why there is none. */
    record Choice(Status status, int donorIndex) {
        static Choice donor(int index) {
            return new Choice(Status.GRANTED, index);
        }

        static Choice none(Status why) {
            return new Choice(why, -1);
        }
    }

    private static final int FIRST_VERSION_WITH_POSITION = 2;
    /** Part of the cached history that a donor may discard before the transfer begins. */
    private static final int SAFETY_SHARE = 128;

    private static final long LARGEST_SAFETY_GAP = 1 << 20;
    private static final int NOBODY = -1;

    private final List<Member> members;
    private final int joiner;
    private final StateTransferRequest request;
    private final Gtid atLastQuorum;

    /**
     * @param joiner index of the requester
     * @param atLastQuorum the group's history and the seqno that the last state exchange agreed on
     */
    DonorChoice(List<Member> members, int joiner, StateTransferRequest request, Gtid atLastQuorum) {
        this.members = members;
        this.joiner = joiner;
        this.request = request;
        this.atLastQuorum = atLastQuorum;
    }

    Choice choose() {
        int incremental = incrementalDonor();
        return incremental != NOBODY ? Choice.donor(incremental) : fromList();
    }

    private int incrementalDonor() {
        Gtid from = request.position();
        if (request.version() < FIRST_VERSION_WITH_POSITION
                || !from.uuid().equals(atLastQuorum.uuid())
                || from.seqno() < 0) {
            return NOBODY;
        }
        long low = members.stream()
                .mapToLong(Member::cachedFrom)
                .filter(cached -> cached != -1)
                .min()
                .orElse(-1);
        if (low == -1) {
            return NOBODY;
        }
        long gap = Math.min(Math.floorDiv(atLastQuorum.seqno() - low, (long) SAFETY_SHARE), LARGEST_SAFETY_GAP);
        if (from.seqno() < low + gap) {
            return NOBODY;
        }
        int named = request.donors().isEmpty() ? NOBODY : longestCacheOfNamed();
        return named != NOBODY ? named : longestCacheNearBy();
    }

    private boolean canDonateIncrement(int index) {
        Member member = members.get(index);
        return index != joiner
                && member.status == NodeState.SYNCED
                && member.cachedFrom() != -1
                && member.cachedFrom() <= request.position().seqno() + 1;
    }

    private int longestCacheOfNamed() {
        int best = NOBODY;
        for (String name : request.donors().split(",", -1)) {
            if (name.isEmpty()) {
                break;
            }
            for (int i = 0; i < members.size(); i++) {
                if (members.get(i).name.startsWith(name) && canDonateIncrement(i)) {
                    best = higherCached(best, i);
                    break;
                }
            }
        }
        return best;
    }

    private int longestCacheNearBy() {
        int near = NOBODY;
        int far = NOBODY;
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).arbitrator || !canDonateIncrement(i)) {
                continue;
            }
            if (members.get(i).segment == members.get(joiner).segment) {
                near = higherCached(near, i);
            } else {
                far = higherCached(far, i);
            }
        }
        return near != NOBODY ? near : far;
    }

    /** The highest first cached seqno wins, ties go to the later one. */
    private int higherCached(int best, int other) {
        return best == NOBODY
                        || members.get(other).cachedFrom() >= members.get(best).cachedFrom()
                ? other
                : best;
    }

    private Choice fromList() {
        boolean dangling = request.donors().endsWith(",") && request.version() >= FIRST_VERSION_WITH_POSITION;
        Status error = Status.DONOR_IS_SELF;
        for (String name : request.donors().split(",", -1)) {
            Choice choice;
            if (!name.isEmpty()) {
                choice = named(name);
            } else if (error == Status.TRY_AGAIN && !dangling) {
                choice = Choice.none(Status.TRY_AGAIN);
            } else {
                choice = any();
            }
            if (choice.status() == Status.GRANTED) {
                return choice;
            }
            if (error != Status.TRY_AGAIN) {
                error = choice.status();
            }
        }
        return Choice.none(error);
    }

    private Choice named(String name) {
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            if (member.arbitrator || !member.name.startsWith(name)) {
                continue;
            }
            if (i == joiner) {
                return Choice.none(Status.DONOR_IS_SELF);
            }
            if (member.status == NodeState.SYNCED) {
                return Choice.donor(i);
            }
            return Choice.none(
                    member.status.compareTo(NodeState.JOINER) >= 0 ? Status.TRY_AGAIN : Status.DONOR_UNREACHABLE);
        }
        return Choice.none(Status.DONOR_UNREACHABLE);
    }

    private Choice any() {
        int segment = members.get(joiner).segment;
        int latest = NOBODY;
        boolean segmentHasFutureDonor = false;
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            if (i == joiner) {
                continue;
            }
            if (member.status == NodeState.SYNCED && !member.arbitrator) {
                latest = i;
            }
            if (member.segment == segment) {
                if (latest == i) {
                    return Choice.donor(i);
                }
                segmentHasFutureDonor |= member.status.compareTo(NodeState.JOINER) >= 0;
            }
        }
        return !segmentHasFutureDonor && latest != NOBODY ? Choice.donor(latest) : Choice.none(Status.TRY_AGAIN);
    }
}
