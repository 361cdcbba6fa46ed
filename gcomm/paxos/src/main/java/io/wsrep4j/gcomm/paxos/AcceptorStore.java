package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.Value;

/**
 * Where an acceptor writes what it must not forget, before it answers (docs/spec/paxos.md 18). Called by the core's owner only; {@link #commit} once
 * a turn, before any frame of the turn leaves.
 */
public interface AcceptorStore {

    /** Forgets with the process: {@code paxos.durability=none}. */
    AcceptorStore NONE = new AcceptorStore() {
        @Override
        public void promised(long slot, Ballot ballot) {}

        @Override
        public void accepted(long slot, Ballot ballot, Value value) {}

        @Override
        public void floor(long slot) {}

        @Override
        public void commit() {}
    };

    void promised(long slot, Ballot ballot);

    void accepted(long slot, Ballot ballot, Value value);

    /** Own slots below may have been used. */
    void floor(long slot);

    /** All of the above is to last before this returns, as the setting asks. */
    void commit();
}
