package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.message.StateMessage.Vote;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Votes on the outcome of write sets (docs/spec/gcs.md 15.2 and 15.3). Owned by {@link GroupState}. */
public final class Votes {

    /** Decisions that are kept for an own vote to come; a member that never votes, such as an arbitrator, forgets the oldest. */
    private static final int LONGEST_HISTORY = 4096;

    private final Map<Gtid, Long> history = new LinkedHashMap<>();
    private final Senders senders = new Senders();
    private Vote result = Vote.NONE;
    private long requested = -1L;
    private Uuid overruled;

    /** A count that goes on after an earlier decision. */
    static Votes after(Vote decided) {
        Votes votes = new Votes();
        votes.result = decided;
        return votes;
    }

    /** The last decision. */
    Vote result() {
        return result;
    }

    /** A write set has got its place. */
    void ordered(long seqno, Uuid sender) {
        if (seqno <= senders.last()) {
            // another history begins, or this one goes back
            senders.forget();
        }
        senders.ordered(seqno, sender);
    }

    /** Who sent a write set; null if that is not known. */
    Uuid sender(long seqno) {
        return senders.of(seqno);
    }

    /** The member against whose word alone {@link #result} was decided; null if there was none. */
    Uuid overruled() {
        return overruled;
    }

    boolean isDecided(long seqno) {
        return seqno <= result.seqno();
    }

    /** True once a seqno: when it must be asked for now. */
    boolean request(long seqno) {
        if (seqno <= requested) {
            return false;
        }
        requested = seqno;
        return true;
    }

    /** The decision about a write set that this member votes on late: 0 if none is known. It is forgotten. */
    long late(Gtid position) {
        Long value = history.remove(position);
        return value == null ? 0L : value;
    }

    /**
     * Counts the votes on the lowest open write set.
     *
     * @param actId last global seqno
     * @return true if there was a decision, which is {@link #result} then
     */
    boolean tally(List<Member> members, int ownIndex, int policy, Uuid historyUuid, long actId) {
        long open = lowestOpen(members, actId);
        if (open < 0) {
            return false;
        }
        int voters = 0;
        int voted = 0;
        Map<Long, Integer> counts = new TreeMap<>(Long::compareUnsigned);
        for (Member member : members) {
            boolean isVoter = isCounted(member) || member.discardable >= open;
            if (!isVoter) {
                continue;
            }
            voters++;
            if (member.vote.seqno() >= open || member.discardable >= open) {
                voted++;
                counts.merge(member.vote.seqno() == open ? member.vote.value() : 0L, 1, Integer::sum);
            }
        }
        Long winner = winner(counts, voters - voted, policy);
        if (winner == null) {
            return false;
        }
        overruled = winner == 0 && policy == 0 ? loneSupporter(members, open) : null;
        long decided = overruled == null
                ? winner
                : counts.keySet().stream().max(Long::compareUnsigned).orElseThrow();
        result = new Vote(open, decided);
        if (ownIndex >= 0 && members.get(ownIndex).vote.seqno() < open) {
            remember(new Gtid(historyUuid, open), decided);
        }
        return true;
    }

    /**
     * The write set that is voted on and cannot be decided because everybody has failed but the one who sent it, and that one is silent; -1 if there is
     * none.
     *
     */
    long waitsForSender(List<Member> members, long actId) {
        long open = lowestOpen(members, actId);
        Uuid sender = open < 0 ? null : senders.of(open);
        boolean silent = false;
        int failed = 0;
        for (Member member : members) {
            if (!isCounted(member)) {
                continue;
            }
            if (member.id.equals(sender)) {
                silent = member.vote.seqno() < open && member.discardable < open;
            } else if (member.vote.seqno() == open && member.vote.value() != 0) {
                failed++;
            } else {
                return -1L;
            }
        }
        return silent && failed > 0 ? open : -1L;
    }

    /**
     * The sender, if it is the only one to say that its write set can be applied while at least two could not (docs/spec/gcs.md 28.18). Their hosts may have
     * worded it differently, and then no two votes are the same; but nobody else has what the sender claims to have.
     */
    private Uuid loneSupporter(List<Member> members, long open) {
        Uuid sender = senders.of(open);
        boolean supports = false;
        int failed = 0;
        for (Member member : members) {
            boolean isVoter = isCounted(member) || member.discardable >= open;
            if (!isVoter) {
                continue;
            }
            boolean failedHere = member.vote.seqno() == open && member.vote.value() != 0;
            if (failedHere) {
                failed++;
            } else if (member.id.equals(sender)) {
                supports = true;
            } else {
                return null;
            }
        }
        return supports && failed > 1 ? sender : null;
    }

    private void remember(Gtid position, long value) {
        if (history.size() == LONGEST_HISTORY) {
            history.remove(history.keySet().iterator().next());
        }
        history.put(position, value);
    }

    private long lowestOpen(List<Member> members, long actId) {
        long lowest = Long.MAX_VALUE;
        for (Member member : members) {
            long seqno = member.vote.seqno();
            if (isCounted(member) && seqno > result.seqno() && seqno <= actId && seqno < lowest) {
                lowest = seqno;
            }
        }
        return lowest == Long.MAX_VALUE ? -1L : lowest;
    }

    private static boolean isCounted(Member member) {
        return member.countsInCommitCut && !member.arbitrator;
    }

    /** The value that can not be overtaken any more, or null. */
    private static Long winner(Map<Long, Integer> counts, int missing, int policy) {
        int zero = counts.getOrDefault(0L, 0);
        if (policy > 0 && zero >= policy) {
            return 0L;
        }
        int max = 0;
        int second = 0;
        long maxValue = 0L;
        for (Map.Entry<Long, Integer> entry : counts.entrySet()) {
            if (entry.getValue() >= max) {
                second = max;
                max = entry.getValue();
                maxValue = entry.getKey();
            } else if (entry.getValue() > second) {
                second = entry.getValue();
            }
        }
        boolean openForOthers = policy == 0 || zero + missing < policy;
        boolean settled = zero >= second + missing || max >= second + missing + (zero == second ? 1 : 0);
        if (!openForOthers || !settled) {
            return null;
        }
        return zero >= max ? 0L : maxValue;
    }
}
