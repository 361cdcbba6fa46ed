package io.wsrep4j.tests.gcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.process.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** User messages by UDP multicast, of which one datagram in a hundred is lost (docs/spec/gcomm-transport-pc.md 10.3). */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("unit")
class MulticastTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONG_PATIENCE = Duration.ofSeconds(300);
    private static final int PER_MEMBER = 33_334;

    @TempDir
    private Path directory;

    @Test
    void threeMembersOrderAHundredThousandMessagesAlikeThoughOneDatagramInAHundredIsLost() throws Exception {
        long seed = Long.getLong("wsrep4j.seed", 20260101);
        try (LossyMulticast network = new LossyMulticast(3, 0.01, seed)) {
            List<Member> members = new ArrayList<>();
            try {
                String address = "gcomm://";
                for (int i = 0; i < 3; i++) {
                    int port = FreePorts.one();
                    Map<String, String> options = new TreeMap<>();
                    options.put("gmcast.listen_addr", "tcp://127.0.0.1:" + port);
                    options.put("gmcast.mcast_addr", network.group());
                    options.put("gmcast.mcast_port", network.port(i));
                    // members share a busy machine with the forwarder of datagrams
                    options.put("evs.suspect_timeout", "PT15S");
                    options.put("evs.inactive_timeout", "PT45S");
                    options.put("evs.send_window", "64");
                    options.put("evs.user_send_window", "32");
                    Path home = Files.createDirectory(directory.resolve("m" + i));
                    members.add(new Member("m" + i, address, home, options).join("multicast", i == 0));
                    address = i == 0 ? "gcomm://127.0.0.1:" + port : address;
                }
                members.forEach(member -> member.awaitView(true, 3, PATIENCE));
                List<FutureTask<Void>> senders = new ArrayList<>();
                for (Member member : members) {
                    FutureTask<Void> sender = new FutureTask<>(() -> {
                        for (int i = 0; i < PER_MEMBER; i++) {
                            // one in a thousand is longer than any path's MTU
                            member.send(member + ":" + i, i % 1000 == 0 ? 20_000 : 100 + i % 400);
                        }
                        return null;
                    });
                    new Thread(sender, "sender-" + member).start();
                    senders.add(sender);
                }
                for (FutureTask<Void> sender : senders) {
                    sender.get();
                }
                members.forEach(member -> member.awaitMessages(3 * PER_MEMBER, LONG_PATIENCE));

                List<String> order = members.get(0).messages();
                assertThat(order).hasSize(3 * PER_MEMBER);
                for (Member member : members) {
                    // a plain comparison: a description of a hundred thousand lines helps nobody
                    assertThat(member.messages().equals(order))
                            .as("%s, seed %d", member, seed)
                            .isTrue();
                    assertThat(member.view().members()).hasSize(3);
                }
                // messages are packed together before they are sent
                assertThat(network.lost()).isGreaterThan(20);
                assertThat(network.passed()).isGreaterThan(2_000);
            } finally {
                members.forEach(Member::close);
            }
        }
    }
}
