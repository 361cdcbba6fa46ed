package io.wsrep4j.api;

import java.nio.ByteBuffer;

/**
 * What a provider calls back on its host (docs/spec/wsrep-api-v26.md 3.3 and 4).
 *
 * <p>{@link #view}, {@link #apply}, {@link #unordered} and {@link #sstDonate} run on the thread that entered {@link Provider#receive} (or
 * {@link Provider#replay}) with the context given there; the others may come from any thread of the provider, except that no callback but
 * {@link #log} is ever made from inside a host's call of another function. The provider holds no lock that a {@link Provider} method needs
 * while it calls. Buffers belong to the provider and are valid until the callback returns.
 */
public interface Host {

    /** A log line, without trailing newline. Any thread, from the beginning of init until free. Never blocks for long, never throws. */
    void log(LogLevel level, String message);

    /** Connected to a group for the first time, or to another history: {@code view} is where the group stands. Receiving thread. */
    CallbackStatus connected(View view);

    /**
     * The membership changed. Everything before the view is settled, nothing after it has started. After a crash the first view may stand at the host's own
     * position, before events that only the provider has kept (docs/spec/replicator-state-transfer.md 31.22). May block. Receiving thread.
     */
    CallbackStatus view(ApplierContext context, View view);

    /**
     * The group's primary component is lost, and what has its place before the view that says so holds that view up: a client's lock, a long isolated
     * operation, a write set on which the group has not decided (docs/spec/replicator-state-transfer.md 31.26). From now on nothing may be answered as by a
     * member of a group that works. {@link #view} says the same again when its turn has come; until then events that were ordered before may be
     * applied. A provider thread without a context; never while {@link #view} or {@link #synced} runs.
     *
     * @param view as {@link #view} will have it
     */
    default CallbackStatus componentLost(View view) {
        return CallbackStatus.SUCCESS;
    }

    /**
     * A snapshot is needed: prepare to receive one and say how. Blocks while the host prepares. Receiving thread.
     *
     * @return the request for the donor, byte for byte; empty when only an incremental transfer is possible; null for failure
     */
    ByteBuffer sstRequest();

    /**
     * Donate a snapshot for this request; return as soon as the transfer has started. Receiving thread.
     *
     * @param bypass true when the joiner needs no snapshot, only the position
     */
    CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass);

    /**
     * Apply an event. The host enters and leaves the commit order inside. Receiving or replaying thread; may block for long.
     *
     * @param handle passed back in {@link Provider#commitOrderEnter} and {@link Provider#commitOrderLeave}
     * @param flags {@link TransactionFlags}
     * @param data all ordered data, writable memory, perhaps empty
     * @param meta filled; valid until the callback returns
     */
    ApplyResult apply(ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta);

    /** An unordered item of an event that was just applied. The result is only logged. */
    default CallbackStatus unordered(ApplierContext context, ByteBuffer data) {
        return CallbackStatus.SUCCESS;
    }

    /**
     * This node could not get its state from the group, whichever side failed, and has left the group. A host that is a process of its own ends
     * here and does not return, as the reference does (docs/spec/replicator-state-transfer.md 3): a server that waits for its state can do nothing
     * without it; any other host gets the final view next. Receiving thread.
     */
    default void terminate() {}

    /** This node has caught up with the group. Any provider thread that is not inside a host's call. */
    CallbackStatus synced();

    /** True if {@link #encrypt} works. */
    default boolean canEncrypt() {
        return false;
    }

    /**
     * Encrypts or decrypts a piece of a stream.
     *
     * @param last true for the stream's last piece
     * @return bytes written to {@code output}, or a negative error number
     */
    default int encrypt(
            EncryptContext context, ByteBuffer input, ByteBuffer output, EncryptDirection direction, boolean last) {
        return -1;
    }
}
