package io.wsrep4j.api;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A replication provider, API version 26 (docs/spec/wsrep-api-v26.md 2 to 6).
 *
 * <p>All methods may be called concurrently, with these exceptions: {@link #init}, {@link #connect}, {@link #disconnect} and {@link #free}
 * are not called concurrently with themselves, and calls on one {@link WriteSetHandle} come from one thread at a time ({@link
 * #abortCertification} and {@link #rollback} name a transaction by id and come from other threads at any moment). No method throws for a
 * reason that a host or a peer can cause: the returned {@link Status} tells it, and the log says why. "Blocks" below means: may wait for
 * other nodes or other transactions.
 */
public interface Provider {

    /** Name, shown by the host. */
    String name();

    /** Version, shown by the host. */
    String version();

    /** Vendor, shown by the host. */
    String vendor();

    // ---- life cycle (docs/spec/wsrep-api-v26.md 4)

    /**
     * Validates options, reads the saved state, keeps {@code host} for callbacks. Opens no connection to the group.
     *
     * @return OK or NODE_FAIL
     */
    Status init(InitArguments arguments, Host host);

    /** Gives the service that decides who may connect; before {@link #init}, or null to take it away after {@link #free}. */
    void useAllowlist(AllowlistService service);

    /** Gives the service that takes events; before {@link #init}, or null to take it away after {@link #free}. */
    void useEvents(EventService service);

    /** What this provider can do: {@link Capabilities}. */
    int capabilities();

    /**
     * Joins the group, or forms one. Blocks until the transport is up, but never on a callback.
     *
     * @param donors comma-separated names of preferred donors; empty for any; a trailing comma means "any, if none of these"
     * @param bootstrap form a new primary component alone
     * @return OK or NODE_FAIL
     */
    Status connect(String clusterName, String clusterAddress, String donors, boolean bootstrap);

    /**
     * Leaves the group. Blocks until the final view was delivered, if a thread is inside {@link #receive}; but a host that does not come back from its
     * callbacks is not waited for without a bound, and gets its final view late then. OK when closed already.
     */
    Status disconnect();

    /**
     * Lends the calling thread for callbacks until the connection ends. Blocks.
     *
     * @return OK for the thread that delivered the final view or was told to exit; CONNECTION_FAIL for the others at close; FATAL when not
     *     connected or inconsistent
     */
    Status receive(ApplierContext context);

    /**
     * Cuts this node off from its peers, or lets it back in (docs/spec/wsrep-api-v26.md 1.4). A native host asks for it from its crash handler, to
     * which the bridge listens; so it takes no lock that a stuck transaction may hold, never blocks and never calls back. Any thread, any state.
     */
    void isolate(IsolationMode mode);

    /** Stops everything and releases all resources. Idempotent; allowed in any state. */
    void free();

    // ---- options and status (docs/spec/options-status.md and docs/spec/wsrep-api-v26.md 2.3)

    /** Sets options at run time: {@code key=value;key=value}. NODE_FAIL for an unknown key or a bad value, with a log line. */
    Status setOptions(String options);

    /** All options as {@code name = value; name = value}, sorted by name. */
    String options();

    /**
     * All options that are not hidden, sorted by name, for hosts that make a variable of each (docs/spec/options-status.md 4.1). Empty before
     * {@link #init}, after {@link #free}, and for a native provider without the service.
     */
    List<Parameter> parameters();

    /** Sets the encryption key of the write-set cache. */
    Status setEncryptionKey(ByteBuffer key);

    /** All status variables, in Galera's order. Works in every state. */
    List<StatusVariable> status();

    /** Begins averages and counters anew, as FLUSH STATUS asks. */
    void resetStatus();

    // ---- transactions (docs/spec/wsrep-api-v26.md 5)

    /** Not supported by any known host: NOT_IMPLEMENTED is fine. */
    Status assignReadView(WriteSetHandle handle, Gtid gtid);

    /**
     * Adds keys to the transaction, creating it on first use. An empty list means "a key that matches every transaction".
     *
     * @param copy false when the buffers stay valid until the transaction ends
     */
    Status appendKey(WriteSetHandle handle, List<Key> keys, KeyType type, boolean copy);

    /** Adds data to the transaction, creating it on first use; several calls concatenate. */
    Status appendData(WriteSetHandle handle, List<ByteBuffer> data, DataType type, boolean copy);

    /**
     * Adds everything that was gathered since the last certify in one call; same rules and results as the two appends. If the answer is OK, {@link
     * #certify} must follow; until then the buffers must stay as they are.
     */
    Status appendGathered(WriteSetHandle handle, GatheredWriteSet gathered);

    /**
     * Replicates and certifies the transaction's write set (docs/spec/wsrep-api-v26.md 5.3). Blocks.
     *
     * @param meta in: undefined, or the source of a detached transaction to end; out: position, source, dependency
     */
    Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta);

    /**
     * As {@link #certify(long, WriteSetHandle, int, TransactionMeta)}, and tells when no later write set of this node can be ordered before
     * this one any more: a host that fixes the order of its transactions can send the next one then, long before the verdict on this one
     * (docs/spec/wsrep-api-v26.md 1.4).
     *
     * @param placed run at most once, on any thread, before this returns; not at all if nothing was sent; must not block
     */
    Status certify(long connectionId, WriteSetHandle handle, int flags, TransactionMeta meta, Runnable placed);

    /** Waits for the event's turn in the commit order (docs/spec/wsrep-api-v26.md 5.5). Blocks. OK, BF_ABORT or TRANSACTION_FAIL. */
    Status commitOrderEnter(WriteSetHandle handle, TransactionMeta meta);

    /**
     * Gives up the event's turn.
     *
     * @param error what the host failed with, null for success; with an error the call votes and blocks for the outcome (docs/spec/wsrep-api-v26.md
     *     6.4)
     */
    Status commitOrderLeave(WriteSetHandle handle, TransactionMeta meta, ByteBuffer error);

    /** Ends the host's use of the transaction (docs/spec/wsrep-api-v26.md 5.6). Answers OK at once when there is nothing to release. */
    Status release(WriteSetHandle handle);

    /** Applies the transaction again on this thread through {@link Host#apply} after a brute-force abort (docs/spec/wsrep-api-v26.md 5.8). Blocks. */
    Status replay(WriteSetHandle handle, ApplierContext context);

    /** Answer of {@link #abortCertification}. */
    record AbortResult(Status status, long victimSeqno) {}

    /**
     * Asks to abort a transaction in favour of an ordered event (docs/spec/wsrep-api-v26.md 5.4). Never blocks, never calls back.
     *
     * @param bfSeqno seqno of the aborter; {@link Seqno#UNDEFINED} when it has none
     */
    AbortResult abortCertification(long bfSeqno, long victimTransactionId);

    /** Replicates the rollback of a streaming transaction (docs/spec/wsrep-api-v26.md 5.11). Never waits for appliers or flow control. */
    Status rollback(long transactionId, ByteBuffer data);

    // ---- causality (docs/spec/wsrep-api-v26.md 5.9)

    /** Answer of {@link #syncWait}; {@code gtid} is undefined unless the status is OK. */
    record SyncResult(Status status, Gtid gtid) {}

    /**
     * Waits until a position is settled here. Blocks, up to the time-out.
     *
     * @param upTo the position, or null for one that covers everything acknowledged anywhere before the call
     * @param timeoutSeconds -1 for the configured repl.causal_read_timeout
     */
    SyncResult syncWait(Gtid upTo, int timeoutSeconds);

    /** The largest seqno up to which everything is settled here, with its history. */
    Gtid lastCommitted();

    /** The host closed a connection. */
    Status freeConnection(long connectionId);

    // ---- total order isolation (docs/spec/wsrep-api-v26.md 5.7)

    /** Orders an action and waits until it runs alone. Blocks. */
    Status toExecuteStart(long connectionId, List<Key> keys, List<ByteBuffer> data, int flags, TransactionMeta meta);

    /**
     * Ends the action that this connection started.
     *
     * @param error what the host failed with, null for success
     */
    Status toExecuteEnd(long connectionId, ByteBuffer error);

    // ---- preordered events (docs/spec/wsrep-api-v26.md 5.10)

    /** Collects data for an event that another system has ordered. {@code handle} carries the collection between calls. */
    Status preorderedCollect(WriteSetHandle handle, List<ByteBuffer> data, boolean copy);

    /** Sends or discards what was collected. */
    Status preorderedCommit(WriteSetHandle handle, Uuid sourceId, int flags, int parallelRange, boolean commit);

    // ---- state transfer (docs/spec/wsrep-api-v26.md 4.3 and 4.4)

    /** The donor's host finished sending. {@code code} is 0 or a negative error number. */
    Status sstSent(Gtid stateId, int code);

    /** The joiner's host finished receiving. {@code code} is 0 or a negative error number. */
    Status sstReceived(Gtid stateId, ByteBuffer state, int code);

    /** Asks for a snapshot of the host's own making; no known provider has it. */
    Status snapshot(ByteBuffer message, String donor);

    // ---- pause and desync (docs/spec/wsrep-api-v26.md 2.3)

    /**
     * Stops applying and committing at a definite point. Blocks.
     *
     * @return the seqno up to which everything is settled and beyond which nothing is; -1 for failure
     */
    long pause();

    /** Undoes {@link #pause}. Never waits for a callback. */
    Status resume();

    /** Leaves flow control and becomes donor-like; nests. Blocks. */
    Status desync();

    /** Undoes one {@link #desync}; {@link Host#synced} follows later. Never waits for it. */
    Status resync();

    // ---- locks, which no known provider has

    /** Takes a named lock. */
    Status lock(String name, boolean shared, long owner, long timeoutNanos);

    /** Gives a named lock back. */
    Status unlock(String name, long owner);

    /** True if somebody holds the named lock. */
    boolean isLocked(String name);
}
