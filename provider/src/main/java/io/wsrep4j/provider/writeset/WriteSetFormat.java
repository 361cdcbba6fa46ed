package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.KeyType;
import java.util.Objects;

/**
 * What the bytes of new write sets look like: it follows from the replication protocol the group agreed on, and from {@code
 * repl.key_format} (docs/spec/writeset-certification.md 1). Immutable.
 *
 * @param writeSetVersion 3 to 6
 * @param recordSetVersion 1, or 2: everything aligned to 8 bytes
 * @param keyFormat how this node stores keys
 * @param branchType type of the parent parts of a key and of the zero-level key: REFERENCE, as Galera does since 26.4.19; SHARED reproduces
 *     older libraries
 */
public record WriteSetFormat(int writeSetVersion, int recordSetVersion, KeyFormat keyFormat, KeyType branchType) {

    /** Lowest write set version that is read and written. */
    public static final int MIN_VERSION = 3;
    /** Highest write set version that is read and written. */
    public static final int MAX_VERSION = 6;
    /** Lowest replication protocol with write sets of this family. */
    public static final int MIN_PROTOCOL = 5;
    /** Highest replication protocol known. */
    public static final int MAX_PROTOCOL = 11;

    /** Version from which the sender presets the parallel range and BEGIN is explicit. */
    static final int PRESET_RANGE_VERSION = 5;
    /** Version from which every transaction carries the zero-level key. */
    static final int ZERO_LEVEL_KEY_VERSION = 6;

    public WriteSetFormat {
        if (writeSetVersion < MIN_VERSION || writeSetVersion > MAX_VERSION) {
            throw new IllegalArgumentException(
                    "write set version " + writeSetVersion + "; allowed: " + MIN_VERSION + " to " + MAX_VERSION);
        }
        if (recordSetVersion != 1 && recordSetVersion != 2) {
            throw new IllegalArgumentException("record set version " + recordSetVersion + "; allowed: 1, 2");
        }
        Objects.requireNonNull(branchType, "branchType");
        if (Objects.requireNonNull(keyFormat, "keyFormat") == KeyFormat.EMPTY) {
            throw new IllegalArgumentException("key format EMPTY cannot store keys");
        }
    }

    /**
     * The format of new write sets in a group that speaks this replication protocol.
     *
     * @throws IllegalArgumentException for a protocol below 5 or above 11
     */
    public static WriteSetFormat ofProtocol(int replicationProtocol, KeyFormat keyFormat) {
        return new WriteSetFormat(
                certificationVersion(replicationProtocol),
                replicationProtocol < 8 ? 1 : 2,
                keyFormat,
                KeyType.REFERENCE);
    }

    /**
     * The certification version, which is also the version of new write sets, of a group that speaks this replication protocol.
     *
     * @throws IllegalArgumentException for a protocol below 5 or above 11
     */
    public static int certificationVersion(int replicationProtocol) {
        return switch (replicationProtocol) {
            case 5, 6, 7, 8 -> 3;
            case 9 -> 4;
            case 10 -> 5;
            case 11 -> 6;
            default ->
                throw new IllegalArgumentException("replication protocol " + replicationProtocol
                        + " is not supported; supported: " + MIN_PROTOCOL + " to " + MAX_PROTOCOL);
        };
    }

    /** Bytes to which record sets are padded. */
    int alignment() {
        return recordSetVersion == 1 ? 1 : 8;
    }
}
