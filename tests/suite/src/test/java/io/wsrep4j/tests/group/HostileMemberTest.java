package io.wsrep4j.tests.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.gcomm.Claims;
import io.wsrep4j.tests.gcomm.HostileMember;
import io.wsrep4j.tests.process.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The hostile member itself: it gets as far as an honest one, and is what it claims to be. */
@Timeout(value = 200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("unit")
class HostileMemberTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String GROUP = "wsrep4j-test";

    @TempDir
    private Path directory;

    private GroupMember honest(String name, int port, String address, boolean bootstrap) throws Exception {
        return GroupMember.join(
                name,
                address,
                GROUP,
                bootstrap,
                Map.of("gmcast.listen_addr", "tcp://127.0.0.1:" + port),
                Files.createDirectory(directory.resolve(name)));
    }

    @Test
    void itJoinsWithoutAStateOrWithOneThatItClaimsAndKnowsThePosition() throws Exception {
        int port = FreePorts.one();
        try (GroupMember one = honest("one", port, "gcomm://", true)) {
            one.awaitMembers(1, PATIENCE);
            one.awaitAction(GroupAction.Synced.class, PATIENCE);
            try (HostileMember liar = HostileMember.join(
                    port, GROUP, Files.createDirectory(directory.resolve("liar")), Claims.nothing())) {
                one.awaitMembers(2, PATIENCE);
                liar.awaitConfigured(PATIENCE);
                assertThat(stateOf(one, liar)).isEqualTo(NodeState.PRIM);
                assertThat(liar.position()).isEqualTo(one.position());

                liar.claim(Claims.synced(0));
                try (GroupMember two = honest("two", FreePorts.one(), "gcomm://127.0.0.1:" + port, false)) {
                    one.awaitMembers(3, PATIENCE);
                    liar.awaitConfigured(PATIENCE);
                    assertThat(liar.configurationId())
                            .isEqualTo(one.configuration().configurationId());
                    assertThat(liar.action(ActionType.WRITE_SET, new byte[100_000]))
                            .isEqualTo(SendResult.ACCEPTED);
                    two.awaitMembers(3, PATIENCE);
                }
                liar.vanish();
            }
            Await.until(
                    "it is gone", PATIENCE, () -> one.configuration().members().size() == 1, one::toString);
        }
    }

    private static NodeState stateOf(GroupMember member, HostileMember liar) {
        return member.configuration().members().stream()
                .filter(candidate -> candidate.id().equals(liar.id()))
                .findFirst()
                .orElseThrow()
                .state();
    }
}
