package io.wsrep4j.gcomm.paxos.message;

import java.util.List;

/** What decides slots (docs/spec/paxos.md 4 to 8). */
public sealed interface OrderSection extends Section {

    /** Accept this value: the only frame its bytes travel in. */
    record Accept(long slot, Ballot ballot, Value value) implements OrderSection {
        @Override
        public int code() {
            return 0x10;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(slot);
            ballot.write(out);
            value.write(out);
        }

        static Accept read(WireReader in) {
            return new Accept(in.slot("slot"), Ballot.read(in), Value.read(in));
        }
    }

    /** Accept a no-op in each of these. */
    record AcceptNoop(SlotRange slots, Ballot ballot) implements OrderSection {
        @Override
        public int code() {
            return 0x11;
        }

        @Override
        public void write(WireWriter out) {
            slots.write(out);
            ballot.write(out);
        }

        static AcceptNoop read(WireReader in) {
            return new AcceptNoop(SlotRange.read(in), Ballot.read(in));
        }
    }

    /** Accepted. */
    record Ack(Ballot ballot, List<SlotRange> slots) implements OrderSection {
        @Override
        public int code() {
            return 0x12;
        }

        @Override
        public void write(WireWriter out) {
            ballot.write(out);
            SlotRange.writeAll(out, slots);
        }

        static Ack read(WireReader in) {
            return new Ack(Ballot.read(in), SlotRange.readAll(in));
        }
    }

    /** Not accepted: a higher ballot was promised. */
    record Nack(long slot, Ballot told, Ballot promised) implements OrderSection {
        @Override
        public int code() {
            return 0x13;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(slot);
            told.write(out);
            promised.write(out);
        }

        static Nack read(WireReader in) {
            return new Nack(in.slot("slot"), Ballot.read(in), Ballot.read(in));
        }
    }

    /** Decided, the value by its id. */
    record Learn(List<Learned> slots) implements OrderSection {
        @Override
        public int code() {
            return 0x14;
        }

        @Override
        public void write(WireWriter out) {
            out.list(slots, Learned::write);
        }

        static Learn read(WireReader in) {
            return new Learn(in.list("learned slots", Learned.BYTES, Learned::read));
        }
    }

    /** A slot, the ballot of its value, and which value. */
    record Learned(long slot, Ballot ballot, ValueId id) {
        static final int BYTES = 8 + Ballot.BYTES + ValueId.BYTES;

        void write(WireWriter out) {
            out.u64(slot);
            ballot.write(out);
            id.write(out);
        }

        static Learned read(WireReader in) {
            return new Learned(in.slot("slot"), Ballot.read(in), ValueId.read(in));
        }
    }

    /** Decided no-ops by their owner's word. */
    record Skip(int owner, List<SlotRange> slots) implements OrderSection {
        @Override
        public int code() {
            return 0x15;
        }

        @Override
        public void write(WireWriter out) {
            out.u32(owner);
            SlotRange.writeAll(out, slots);
        }

        static Skip read(WireReader in) {
            return new Skip(in.memberMid("skip's owner"), SlotRange.readAll(in));
        }
    }

    /** Phase 1 on other members' slots. */
    record Prepare(Ballot ballot, SlotRange slots) implements OrderSection {
        @Override
        public int code() {
            return 0x16;
        }

        @Override
        public void write(WireWriter out) {
            ballot.write(out);
            slots.write(out);
        }

        static Prepare read(WireReader in) {
            return new Prepare(Ballot.read(in), SlotRange.read(in));
        }
    }

    /**
     * Promised for the range, but for what is refused.
     *
     * @param accepted what was accepted in it
     * @param refused not promised; the ballot is the higher one promised, or {@link Ballot#NONE} where this member takes no part: decided here, beyond
     *     its horizon, or not its to vote on
     */
    record Promise(Ballot ballot, SlotRange slots, List<Learned> accepted, List<Refused> refused)
            implements OrderSection {
        @Override
        public int code() {
            return 0x17;
        }

        @Override
        public void write(WireWriter out) {
            ballot.write(out);
            slots.write(out);
            out.list(accepted, Learned::write);
            out.list(refused, Refused::write);
        }

        static Promise read(WireReader in) {
            return new Promise(
                    Ballot.read(in),
                    SlotRange.read(in),
                    in.list("accepted slots", Learned.BYTES, Learned::read),
                    in.list("refused slots", Refused.BYTES, Refused::read));
        }
    }

    /** Slots without a promise, and why. */
    record Refused(SlotRange slots, Ballot promised) {
        static final int BYTES = SlotRange.BYTES + Ballot.BYTES;

        void write(WireWriter out) {
            slots.write(out);
            promised.write(out);
        }

        static Refused read(WireReader in) {
            return new Refused(SlotRange.read(in), Ballot.read(in));
        }
    }
}
