package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import java.util.Map;

/** The rules that agreement stands on, each in one place, so that the simulator can break one and show that it notices (docs/spec/paxos.md 26). */
class Rules {

    /** Whether a ballot may be accepted after a promise (4). */
    boolean mayAccept(Ballot promised, Ballot ballot) {
        return ballot.isAtLeast(promised);
    }

    /** What is promised once a ballot was accepted (4): a late lower one must not overwrite it. */
    Ballot promisedAfter(Ballot promised, Ballot accepted) {
        return accepted;
    }

    /** Whether the taker is bound by what a promise reports as accepted (7.3). */
    boolean heedsAccepted() {
        return true;
    }

    boolean isMajority(int weight, int totalWeight) {
        return 2 * weight > totalWeight;
    }

    /** The first slot that may not be acted on (11.1). */
    long horizon(long horizon) {
        return horizon;
    }

    /** Whether an owner may skip its own slots without votes (3.3). */
    boolean maySkip(PaxosConfiguration configuration) {
        return configuration.isExclusive();
    }

    /** Whether a member that was added at {@code first} votes on {@code slot} (4). */
    boolean mayVote(long slot, long first) {
        return slot >= first;
    }

    /** Which sequences a joiner is told to expect (15). */
    Map<Integer, Long> snapshotOf(Map<Integer, Long> expected) {
        return expected;
    }
}
