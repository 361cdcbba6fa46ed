package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.group.VoteAnswer;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * A vote of this node that waits for the group's decision (docs/spec/gcs.md 15.1 and 15.5).
 *
 * @param message to send again when a change of configuration swallowed it
 */
record Voter(Gtid position, long value, ByteBuffer message, CompletableFuture<VoteAnswer> answer) {

    /**
     * Who failed where the group finds failing right has nothing that the others lack, however each host words its error: it agrees.
     *
     * @param result 0: applying it was right; negative: failing was
     */
    void decided(long result) {
        answer.complete(result < 0 == value < 0 ? VoteAnswer.AGREED : VoteAnswer.DISAGREED);
    }
}
