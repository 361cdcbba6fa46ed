package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Status;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.VoteAnswer;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Asks the group whether an error that a host reports is everybody's (docs/spec/replicator-state-transfer.md 13.1). Thread-safe. */
final class ErrorVoting {

    private static final long FAILED = -1L;

    /** The same on all nodes and in all versions: what exactly is wrong is for the log. */
    private static final ByteBuffer CORRUPT = ByteBuffer.wrap("corrupt write set\0".getBytes(StandardCharsets.US_ASCII))
            .asReadOnlyBuffer();

    private final NodeParts node;

    ErrorVoting(NodeParts node) {
        this.node = node;
    }

    /**
     * Votes while the write set holds the commit order. Blocks until the group has decided.
     *
     * @return OK if all failed alike; otherwise this node is inconsistent, and has begun to leave
     */
    Status vote(OrderedEvent writeSet, ByteBuffer error) {
        writeSet.markErrorReported();
        if (node.situation().isCorrupt()) {
            return Status.NODE_FAIL;
        }
        String text = text(error);
        if (writeSet.localSeqno() == GroupAction.NO_LOCAL_SEQNO) {
            node.situation()
                    .declareInconsistent("write set " + writeSet.seqno()
                            + ", received by incremental state transfer, could not be applied here: " + text);
            return Status.NODE_FAIL;
        }
        Gtid position = new Gtid(node.situation().history(), writeSet.seqno());
        VoteAnswer answer = node.group().vote(position, FAILED, error);
        if (answer == VoteAnswer.AGREED) {
            node.cache().skip(writeSet.seqno());
            node.log().info("write set " + position + " failed on the majority of nodes, here too: " + text);
            return Status.OK;
        }
        node.situation()
                .declareInconsistent("Inconsistent by consensus on " + position + ": it failed here (" + text
                        + "), but the group's answer is " + answer);
        return Status.NODE_FAIL;
    }

    /**
     * Votes on a write set that cannot be read here, before it holds any order. Blocks until the group has decided. All nodes of ours that find the
     * same bytes say the same.
     *
     * @return true if it is everybody's failure; otherwise this node is inconsistent, and has begun to leave
     */
    boolean voteOnCorrupt(long seqno, CorruptWriteSetException why) {
        if (node.situation().isCorrupt()) {
            return false;
        }
        Gtid position = new Gtid(node.situation().history(), seqno);
        VoteAnswer answer = node.group().vote(position, FAILED, CORRUPT.duplicate());
        if (answer == VoteAnswer.AGREED) {
            node.log().warn("write set " + position + " has no effect on any node: " + why.getMessage());
            return true;
        }
        node.situation()
                .declareInconsistent("Inconsistent by consensus on " + position + ": " + why.getMessage()
                        + ", but the group's answer is " + answer);
        return false;
    }

    private static String text(ByteBuffer error) {
        String text = StandardCharsets.UTF_8
                .decode(error.duplicate())
                .toString()
                .replace("\0", "")
                .strip();
        return text.isEmpty() ? "no error text" : text;
    }
}
