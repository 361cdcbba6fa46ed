package io.wsrep4j.provider.certification;

import io.wsrep4j.api.KeyType;

/** What a use of a key means for a later use of the same key (docs/spec/writeset-certification.md 8.5). */
enum ConflictRule {
    NOTHING,
    /** The later write set must be applied after the earlier one. */
    DEPENDENCY,
    /** The later write set fails, unless it had seen the earlier one. */
    CONFLICT;

    private static final int TYPES = KeyType.values().length;

    /** Rows: type already in the index; columns: type of the incoming key. The order is SHARED, REFERENCE, UPDATE, EXCLUSIVE. */
    private static final ConflictRule[] TABLE = {
        NOTHING, NOTHING, DEPENDENCY, DEPENDENCY,
        NOTHING, NOTHING, DEPENDENCY, CONFLICT,
        DEPENDENCY, DEPENDENCY, CONFLICT, CONFLICT,
        CONFLICT, CONFLICT, CONFLICT, CONFLICT
    };

    /** By ordinals of {@link KeyType}. */
    static ConflictRule of(int indexed, int incoming) {
        return TABLE[indexed * TYPES + incoming];
    }
}
