package io.wsrep4j.gcomm.evs;

import java.util.Arrays;

/**
 * What was received in the current view, and what of it may be delivered (docs/spec/gcomm-evs.md 5). Members are named by their index. Holds one
 * reference to the buffer of every message in it.
 */
final class InputMap {

    /**
     * How far above the safe seq a slot may be, beside what the send window allows. Windows and keepalives keep honest members much closer
     * together; without a bound a single message could make everybody fill the number space.
     */
    static final long HORIZON = 1L << 14;

    /** Takes missing slots, in ascending order. */
    @FunctionalInterface
    interface RangeConsumer {
        void accept(long lu, long hs);
    }

    /**
     * Most memory that the messages of one member hold, bytes, unless the send window asks for more. All that a member of the usual windows has
     * under way is less than 1 MiB; 32 MiB are the 1,024 largest messages of the widest windows that are in use.
     */
    static final long MOST_HELD = 32L << 20;

    /** Above this, bytes, a message of a member is stored in a buffer of its own, so that a small one does not hold a large one's memory. */
    static final long MOST_SHARED = 4L << 20;

    private static final long LARGEST_MESSAGE = 32L << 10;

    private SlotTable slots;
    private long[] lu;
    private long[] hs;
    private long[] mark;
    private long[] held;
    private long aru;
    private long safeSeq;
    private long maxHs;
    private int pending;

    // nothing undelivered lies before this place
    private long headSeq;
    private int headMember;

    InputMap(int members) {
        reset(members);
    }

    /** Forgets everything and begins a view. */
    void reset(int members) {
        clear();
        slots = new SlotTable(members);
        lu = new long[members];
        hs = new long[members];
        mark = new long[members];
        held = new long[members];
        Arrays.fill(hs, -1);
        Arrays.fill(mark, -1);
        aru = -1;
        safeSeq = -1;
        maxHs = -1;
        headSeq = 0;
        headMember = 0;
    }

    /** Releases all messages. */
    void clear() {
        if (slots == null) {
            return;
        }
        for (long seq = slots.skipEmptyPages(0); seq >= 0; seq = slots.skipEmptyPages(seq + 1)) {
            for (int member = 0; member < lu.length; member++) {
                if (slots.get(member, seq) != null) {
                    drop(member, seq);
                }
            }
        }
        pending = 0;
    }

    int members() {
        return lu.length;
    }

    /** Lowest slot not received from a member. */
    long lu(int member) {
        return lu[member];
    }

    /** Highest slot received from a member. */
    long hs(int member) {
        return hs[member];
    }

    /** Highest aru that a member has reported. */
    long mark(int member) {
        return mark[member];
    }

    /** Every slot up to this one was received from every member. */
    long aru() {
        return aru;
    }

    /** Every member has received every slot up to this one. */
    long safeSeq() {
        return safeSeq;
    }

    /** Highest slot received from anybody. */
    long maxHs() {
        return maxHs;
    }

    /** The highest slot that may be used, by anybody. */
    long horizon(int sendWindow) {
        return safeSeq + HORIZON + 4L * sendWindow;
    }

    /**
     * False if a member's messages hold too much memory for one more; it is then to be treated as lost, and is asked for again. The next one
     * that is missing has twice the room of those that come too early: whatever came too early, there is room to go on.
     */
    boolean hasRoom(int member, UserMessage message, int sendWindow) {
        long most = Math.max(MOST_HELD, 2 * sendWindow * LARGEST_MESSAGE);
        return message.payloadLength() == 0
                || held[member] + message.payloadLength() <= (message.seq() == lu[member] ? most : most / 2);
    }

    /** True if a message is to be stored in a buffer of its own. */
    boolean holdsMuch(int member, UserMessage message) {
        return message.payloadLength() > 0 && held[member] + message.pinnedBytes() > MOST_SHARED;
    }

    /** Memory that the messages of a member hold, bytes. */
    long held(int member) {
        return held[member];
    }

    /** Stores a message with {@code seq >= lu(member)} within the horizon; takes its own reference to the buffer. */
    void insert(int member, UserMessage message) {
        long seq = message.seq();
        if (slots.get(member, seq) == null) {
            message.retain();
            message.held = message.pinnedBytes();
            held[member] += message.held;
            store(member, seq, message);
        }
        for (long filled = seq + 1; filled <= seq + message.seqRange(); filled++) {
            if (slots.get(member, filled) == null) {
                store(member, filled, UserMessage.filler(message, filled));
            }
        }
        advance(member);
    }

    private void store(int member, long seq, UserMessage message) {
        slots.put(member, seq, message);
        pending++;
        hs[member] = Math.max(hs[member], seq);
        maxHs = Math.max(maxHs, seq);
        if (seq < headSeq || seq == headSeq && member < headMember) {
            headSeq = seq;
            headMember = member;
        }
    }

    private void advance(int member) {
        long next = lu[member];
        while (next <= hs[member] && slots.get(member, next) != null) {
            next++;
        }
        if (next == lu[member]) {
            return;
        }
        lu[member] = next;
        long lowest = Long.MAX_VALUE;
        for (long seq : lu) {
            lowest = Math.min(lowest, seq);
        }
        aru = lowest - 1;
    }

    /** Raises a member's mark, and with it perhaps the safe seq; true if it was raised. */
    boolean raiseMark(int member, long seq) {
        if (seq <= mark[member]) {
            return false;
        }
        mark[member] = seq;
        long lowest = Long.MAX_VALUE;
        for (long m : mark) {
            lowest = Math.min(lowest, m);
        }
        // a mark above our own aru cannot raise it: our own mark is our aru
        for (long s = safeSeq + 1; s <= lowest; s++) {
            for (int m = 0; m < lu.length; m++) {
                UserMessage message = slots.get(m, s);
                if (message != null && message.delivered) {
                    drop(m, s);
                }
            }
        }
        if (lowest > safeSeq) {
            safeSeq = lowest;
            slots.trimBelow(safeSeq + 1);
        }
        return true;
    }

    /** Forgets what was received of a member behind a slot that is missing: it cannot be delivered without that one, nor was it acknowledged. */
    void forgetBehindGap(int member) {
        for (long seq = lu[member]; seq <= hs[member]; seq++) {
            if (slots.get(member, seq) != null) {
                drop(member, seq);
                pending--;
            }
        }
        hs[member] = lu[member] - 1;
        maxHs = -1;
        for (long highest : hs) {
            maxHs = Math.max(maxHs, highest);
        }
    }

    private void drop(int member, long seq) {
        UserMessage message = slots.get(member, seq);
        message.release();
        held[member] -= message.held;
        slots.remove(member, seq);
    }

    /** The message in a slot, delivered or not, or null. */
    UserMessage find(int member, long seq) {
        return seq < 0 ? null : slots.get(member, seq);
    }

    /** Reports the missing slots of a member between two slots, both included. */
    void gaps(int member, long from, long to, RangeConsumer missing) {
        long start = -1;
        for (long seq = Math.max(from, lu[member]); seq <= to; seq++) {
            if (seq > hs[member]) {
                missing.accept(start >= 0 ? start : seq, to);
                return;
            }
            boolean absent = slots.get(member, seq) == null;
            if (absent && start < 0) {
                start = seq;
            } else if (!absent && start >= 0) {
                missing.accept(start, seq - 1);
                start = -1;
            }
        }
        if (start >= 0) {
            missing.accept(start, to);
        }
    }

    /**
     * The next message if it may be delivered, else null. It then counts as delivered, and stays in the map until it is safe; the caller uses
     * it before the map is changed.
     */
    UserMessage pollDeliverable() {
        UserMessage head = head();
        if (head == null || !isDeliverable(head)) {
            return null;
        }
        return take(head);
    }

    /** True if {@link #pollDeliverable} has something. */
    boolean hasDeliverable() {
        UserMessage head = head();
        return head != null && isDeliverable(head);
    }

    /** The next message whatever it waits for, or null: for the end of a view. */
    UserMessage pollAny() {
        UserMessage head = head();
        return head == null ? null : take(head);
    }

    /** The member whose message was polled last. */
    int polledMember() {
        return headMember;
    }

    private UserMessage take(UserMessage message) {
        message.delivered = true;
        pending--;
        return message;
    }

    /** Drops a polled message from the map if it is safe already; to be called when its delivery is over. */
    void afterDelivery(int member, long seq) {
        if (seq <= safeSeq && slots.get(member, seq) != null) {
            drop(member, seq);
            slots.trimBelow(safeSeq + 1);
        }
    }

    private boolean isDeliverable(UserMessage message) {
        return switch (message.order()) {
            case SAFE -> headSeq <= safeSeq;
            case AGREED -> headSeq <= aru;
            default -> headSeq < lu[headMember];
        };
    }

    private UserMessage head() {
        if (pending == 0) {
            return null;
        }
        long seq = headSeq;
        int member = headMember;
        while (true) {
            for (; member < lu.length; member++) {
                UserMessage message = slots.get(member, seq);
                if (message != null && !message.delivered) {
                    headSeq = seq;
                    headMember = member;
                    return message;
                }
            }
            member = 0;
            seq = slots.skipEmptyPages(seq + 1);
            if (seq < 0) {
                throw new IllegalStateException(pending + " messages are counted as undelivered and none is found");
            }
        }
    }
}
