package io.wsrep4j.provider.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetFlags;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A write set that lost its place is stamped for the one it gets (docs/spec/writeset-certification.md 4.4). */
final class ResentWriteSetTest {

    private static final int NON_BLOCKING_END = TransactionFlags.ISOLATION | TransactionFlags.TRX_END;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({WriteSetFlags.ROLLBACK_FRAGMENT + ",100", NON_BLOCKING_END + ",65535"})
    void itHasSeenWhatIsSettledAtItsTurn(int flags, int range) throws Exception {
        WriteSet resent = resent(flags, 3);
        assertThat(resent.seqnoField()).isEqualTo(100);
        assertThat(resent.parallelRange()).isEqualTo(range);
        assertThat(resent.flags()).isEqualTo(flags);
    }

    @Test
    void oneThatWasOrderedElsewhereHasSeenNothing() throws Exception {
        assertThat(resent(WriteSetFlags.PREORDERED | UnconnectedNode.WHOLE, 0).seqnoField())
                .isZero();
    }

    private WriteSet resent(int flags, long lastSeen) throws Exception {
        try (UnconnectedNode node = new UnconnectedNode(directory, 10, 10)) {
            ActionBuffer sent = node.sent(UnconnectedNode.A, flags, lastSeen, "row");
            NodeParts parts = node.parts;
            Group group = (Group) Proxy.newProxyInstance(
                    Group.class.getClassLoader(), new Class<?>[] {Group.class}, (self, method, arguments) -> {
                        assertThat(method.getName()).isEqualTo("resend");
                        // settled while the others were sending
                        parts.orders().initialPosition(UnconnectedNode.HISTORY, 100);
                        ((Runnable) arguments[1]).run();
                        return ReplicationResult.Status.ORDERED;
                    });
            NodeParts connected = new NodeParts(
                    group,
                    parts.cache(),
                    parts.orders(),
                    parts.certification(),
                    parts.situation(),
                    parts.savedState(),
                    parts.settings(),
                    parts.figures(),
                    parts.discardableReports(),
                    parts.failStop(),
                    parts.log());
            new Sending(connected).sendAgain(sent);
            return new WriteSetReader().read(sent.bytes(), 0, sent.size(), 0, UnconnectedNode.A);
        }
    }
}
