package io.wsrep4j.gcomm.group;

import io.wsrep4j.gcomm.group.message.ActionFragment;
import io.wsrep4j.gcomm.group.message.ActionType;
import java.nio.ByteBuffer;

/**
 * Collects the fragments of one member's actions (docs/spec/gcs.md 3.3 and 28.3). Owned by {@link GroupState}.
 *
 * <p>Actions are written straight into the memory given from above. It is asked for in a few steps, each a multiple of what has come so far, so
 * that it is bounded by what was received and not by what a header claims. Own write sets, write sets at a member that stores nothing, and what
 * cannot get a place in the order are only counted.
 *
 * <p>That an action is complete, or its fragments do not fit together, follows from the fragments alone. Memory that could not be had is told with
 * the complete action, so that this node is troubled only by what the others have.
 */
public final class Reassembly {

    /** What became of a fragment. */
    public enum Outcome {
        /** More fragments are to come, or this one is to be left out. */
        INCOMPLETE,
        COMPLETE,
        /** The fragments of this member do not fit together; nothing that it sends can be trusted. */
        BROKEN
    }

    /** Actions up to this size, in bytes, are given their memory with the first fragment; larger ones so much at first. */
    static final int LARGEST_ALLOCATED_AHEAD = 1 << 20;

    /** How many times what was received is asked for next. Whatever is outgrown is copied: a small factor would copy too often. */
    static final int GROWTH = 16;

    private final boolean own;
    /** Null: write sets are not kept. */
    private final ActionMemory memory;

    private boolean collecting;
    private boolean reset;
    private long actionId;
    private long expected;
    private int size;
    private int received;
    private ActionBuffer target;
    private ActionMemory targetMemory;
    private Throwable failure;

    public Reassembly(boolean own, ActionMemory memory) {
        this.own = own;
        this.memory = memory;
    }

    /** A primary view begins: what was collected of a foreign action is dropped, and its tail will be left out. */
    void reset() {
        reset = true;
        if (!own) {
            abandon();
        }
    }

    /** Drops what was collected. */
    void abandon() {
        if (target != null) {
            target.release();
        }
        target = null;
        failure = null;
        collecting = false;
    }

    /** True if the fragment belongs to an action that was dropped, whole or from its beginning, when a primary view began. */
    boolean isTail(ActionFragment fragment) {
        return !collecting && reset && fragment.number() != 0;
    }

    /**
     * Takes a fragment.
     *
     * @param kept false if no write set that begins now can get a place in the order, so that its bytes are not needed
     */
    public Outcome accept(ActionFragment fragment, boolean kept) {
        if (!collecting) {
            if (fragment.number() != 0) {
                return reset ? Outcome.INCOMPLETE : Outcome.BROKEN;
            }
            start(fragment, kept);
            return append(fragment);
        }
        if (own && reset && fragment.number() == 0) {
            abandon();
            start(fragment, kept);
            return append(fragment);
        }
        if (fragment.actionId() != actionId || fragment.number() > expected) {
            // of an own action some fragments may have been lost with a primary component; it was given up then
            return own && reset ? Outcome.INCOMPLETE : Outcome.BROKEN;
        }
        if (fragment.number() < expected) {
            return Outcome.INCOMPLETE;
        }
        return append(fragment);
    }

    private void start(ActionFragment fragment, boolean kept) {
        collecting = true;
        reset = false;
        actionId = fragment.actionId();
        size = fragment.actionSize();
        expected = 0;
        received = 0;
        failure = null;
        targetMemory = memoryFor(fragment.typeCode(), kept);
        if (targetMemory != null) {
            allocate(Math.min(size, LARGEST_ALLOCATED_AHEAD));
        }
    }

    private ActionMemory memoryFor(int typeCode, boolean kept) {
        if (typeCode == ActionType.WRITE_SET.code()) {
            return own || !kept ? null : memory;
        }
        return typeCode == ActionType.STATE_TRANSFER_REQUEST.code() ? ActionMemory.heap() : null;
    }

    /** Moves what has come to new memory; without it the rest is only counted. */
    private void allocate(int bytes) {
        ActionBuffer former = target;
        target = null;
        try {
            ActionBuffer larger = targetMemory.allocate(bytes);
            if (former != null) {
                larger.bytes().put(0, former.bytes(), 0, received);
            }
            target = larger;
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            if (former != null) {
                former.release();
            }
        }
    }

    private Outcome append(ActionFragment fragment) {
        ByteBuffer data = fragment.data();
        int length = data.remaining();
        if (fragment.actionSize() != size || length > size - received) {
            return Outcome.BROKEN;
        }
        if (target != null) {
            makeRoom(received + length);
        }
        if (target != null) {
            target.bytes().put(received, data, data.position(), length);
        }
        received += length;
        expected++;
        if (received < size) {
            return Outcome.INCOMPLETE;
        }
        collecting = false;
        return Outcome.COMPLETE;
    }

    /** Moves what has come to larger memory if it has no room for so many bytes. */
    private void makeRoom(int needed) {
        if (needed <= target.size()) {
            return;
        }
        long more = Math.max(needed, (long) GROWTH * received);
        allocate((int) Math.min(size, more));
    }

    /** Why the bytes of the action that is collected, or is complete, could not be kept; null if they were. */
    Throwable failure() {
        return failure;
    }

    /** Takes the complete action; the caller owns it. {@link HeapActionBuffer#DISCARDED} if its bytes were not kept. */
    public ActionBuffer take() {
        ActionBuffer whole = target == null ? HeapActionBuffer.DISCARDED : target;
        target = null;
        return whole;
    }

    /** For logs. */
    String describe() {
        return collecting
                ? "expected fragment " + expected + " of action " + actionId + " (" + received + " of " + size
                        + " bytes)"
                : "expected fragment 0 of an action";
    }
}
