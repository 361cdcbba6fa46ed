package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.KeyType;

/**
 * The two bits of a key record that hold its type, whose meaning depends on the write set's version (docs/spec/writeset-certification.md 6.2).
 */
final class KeyPrefix {

    /** Returned where the version gives the prefix no meaning. */
    static final int UNDEFINED = -1;

    private static final int SHARED = KeyType.SHARED.ordinal();
    private static final int REFERENCE = KeyType.REFERENCE.ordinal();
    private static final int UPDATE = KeyType.UPDATE.ordinal();
    private static final int EXCLUSIVE = KeyType.EXCLUSIVE.ordinal();

    /** By version - 3 and type. */
    private static final int[][] PREFIX = {{0, 1, 1, 1}, {0, 1, 1, 2}, {0, 1, 2, 3}, {0, 1, 2, 3}};

    /** By version - 3 and prefix. */
    private static final int[][] TYPE = {
        {SHARED, EXCLUSIVE, UNDEFINED, UNDEFINED},
        {SHARED, REFERENCE, EXCLUSIVE, UNDEFINED},
        {SHARED, REFERENCE, UPDATE, EXCLUSIVE},
        {SHARED, REFERENCE, UPDATE, EXCLUSIVE}
    };

    private KeyPrefix() {}

    /** What a writer stores for this type. A greater prefix is stronger. */
    static int of(int writeSetVersion, KeyType type) {
        return PREFIX[writeSetVersion - WriteSetFormat.MIN_VERSION][type.ordinal()];
    }

    /** What a reader takes this prefix for: the ordinal of a {@link KeyType}, or {@link #UNDEFINED}. */
    static int type(int writeSetVersion, int prefix) {
        return TYPE[writeSetVersion - WriteSetFormat.MIN_VERSION][prefix];
    }
}
