package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.Value;

/** Sees what the core does inside, for checks of invariants (docs/spec/paxos.md 26.2). */
interface Witness {

    Witness NONE = new Witness() {
        @Override
        public void proposed(long slot, Ballot ballot, Value value) {}

        @Override
        public void accepted(int mid, long slot, Ballot ballot, Value value) {}

        @Override
        public void decided(long slot, Value value) {}

        @Override
        public void violation(String text) {}
    };

    void proposed(long slot, Ballot ballot, Value value);

    void accepted(int mid, long slot, Ballot ballot, Value value);

    void decided(long slot, Value value);

    void violation(String text);
}
