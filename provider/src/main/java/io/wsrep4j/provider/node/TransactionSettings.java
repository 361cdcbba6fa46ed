package io.wsrep4j.provider.node;

import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSetFormat;

/** Options and agreements that every transaction reads; written when an option or the group's protocol changes. Thread-safe. */
public final class TransactionSettings {

    private volatile int maximumWriteSetBytes;
    private volatile long causalReadTimeoutNanos;
    private volatile KeyFormat keyFormat;
    private volatile int replicationProtocol = WriteSetFormat.MAX_PROTOCOL;
    private volatile WriteSetFormat format;

    public TransactionSettings(int maximumWriteSetBytes, long causalReadTimeoutNanos, KeyFormat keyFormat) {
        this.maximumWriteSetBytes = maximumWriteSetBytes;
        this.causalReadTimeoutNanos = causalReadTimeoutNanos;
        keyFormat(keyFormat);
    }

    public int maximumWriteSetBytes() {
        return maximumWriteSetBytes;
    }

    /** repl.max_ws_size. */
    public void maximumWriteSetBytes(int bytes) {
        maximumWriteSetBytes = bytes;
    }

    public long causalReadTimeoutNanos() {
        return causalReadTimeoutNanos;
    }

    /** repl.causal_read_timeout. */
    public void causalReadTimeoutNanos(long nanos) {
        causalReadTimeoutNanos = nanos;
    }

    /** repl.key_format. */
    public synchronized void keyFormat(KeyFormat newFormat) {
        keyFormat = newFormat;
        format = WriteSetFormat.ofProtocol(replicationProtocol, newFormat);
    }

    /**
     * The replication protocol that the group agreed on.
     *
     * @throws IllegalArgumentException if it is not supported
     */
    public synchronized void replicationProtocol(int protocol) {
        format = WriteSetFormat.ofProtocol(protocol, keyFormat);
        replicationProtocol = protocol;
    }

    /** The replication protocol that the group agreed on; the highest before that. */
    public int replicationProtocol() {
        return replicationProtocol;
    }

    /** What new write sets look like. */
    public WriteSetFormat format() {
        return format;
    }
}
