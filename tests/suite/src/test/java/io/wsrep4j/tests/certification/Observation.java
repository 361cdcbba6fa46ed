package io.wsrep4j.tests.certification;

import io.wsrep4j.api.Uuid;

/**
 * What a real node said about one seqno.
 *
 * @param passed its verdict
 * @param dependsOn the dependency it gave; {@link #UNKNOWN} where the interface does not tell (a local write set that failed)
 */
record Observation(long seqno, Uuid source, long transactionId, long connectionId, boolean passed, long dependsOn) {

    static final long UNKNOWN = Long.MIN_VALUE;
}
