package io.wsrep4j.gcomm.paxos.message;

import java.util.List;

/** What fetches decided values and positions (docs/spec/paxos.md 8.3, 12.3, 20.4). */
public sealed interface ReadSection extends Section {

    /**
     * @param accepted values that are only accepted, too
     * @param follow keep sending what is decided above
     * @param stop no longer
     */
    record Read(SlotRange slots, boolean accepted, boolean follow, boolean stop) implements ReadSection {
        @Override
        public int code() {
            return 0x20;
        }

        @Override
        public void write(WireWriter out) {
            slots.write(out);
            out.u8((accepted ? 1 : 0) | (follow ? 2 : 0) | (stop ? 4 : 0));
        }

        static Read read(WireReader in) {
            SlotRange slots = SlotRange.read(in);
            int flags = in.intIn8("READ's flags", 0, 7);
            return new Read(slots, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
        }
    }

    /** Decided or accepted values. */
    record Values(List<Held> values) implements ReadSection {
        @Override
        public int code() {
            return 0x21;
        }

        @Override
        public void write(WireWriter out) {
            out.list(values, Held::write);
        }

        static Values read(WireReader in) {
            return new Values(in.list("values", Held.LEAST_BYTES, Held::read));
        }
    }

    /**
     * A value and what it is to who sends it.
     *
     * @param decided or only accepted, with the ballot
     */
    record Held(long slot, boolean decided, Ballot ballot, Value value) {
        static final int LEAST_BYTES = 41;

        void write(WireWriter out) {
            out.u64(slot);
            out.u8(decided ? 1 : 0);
            ballot.write(out);
            value.write(out);
        }

        static Held read(WireReader in) {
            return new Held(in.slot("slot"), in.flag("decided"), Ballot.read(in), Value.read(in));
        }
    }

    /** What was asked for is no longer held below this slot. */
    record Gone(long lowest) implements ReadSection {
        @Override
        public int code() {
            return 0x22;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(lowest);
        }

        static Gone read(WireReader in) {
            return new Gone(in.slot("lowest slot"));
        }
    }

    /** Which is the highest slot you have accepted a value in, or know decided? */
    record ReadIndex(long token) implements ReadSection {
        @Override
        public int code() {
            return 0x23;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(token);
        }

        static ReadIndex read(WireReader in) {
            return new ReadIndex(in.u64());
        }
    }

    /** That one. */
    record Index(long token, long slot) implements ReadSection {
        @Override
        public int code() {
            return 0x24;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(token);
            out.u64(slot);
        }

        static Index read(WireReader in) {
            return new Index(in.u64(), in.slotOrNone("index"));
        }
    }

    /** Propose these for me. */
    record Forward(List<Item> items, List<Command> commands) implements ReadSection {
        @Override
        public int code() {
            return 0x30;
        }

        @Override
        public void write(WireWriter out) {
            out.list(items, Item::write);
            out.list(commands, Commands::write);
        }

        static Forward read(WireReader in) {
            return new Forward(
                    in.list("items", Item.HEADER, Item::read),
                    in.list("commands", Commands.LEAST_BYTES, Commands::readOne));
        }
    }
}
