package io.wsrep4j.tests.gcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.tests.process.FreePorts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three of our members over TCP: one is killed; one is cut off and comes back; nobody delivers differently. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("unit")
class ThreeMembersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private Path home(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    @Test
    void theOthersGoOnWhenAMemberIsKilledUnderLoad() throws Exception {
        List<MemberProcess> members = new ArrayList<>();
        try {
            List<String> addresses = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int port = FreePorts.one();
                String name = "m" + i;
                members.add(new MemberProcess(
                        name,
                        "gcomm://" + String.join(",", addresses),
                        home(name),
                        "killed",
                        i == 0,
                        Map.of("gmcast.listen_addr", "tcp://127.0.0.1:" + port)));
                members.get(i).awaitView(true, i + 1, PATIENCE);
                addresses.add("127.0.0.1:" + port);
            }
            for (MemberProcess member : members) {
                member.awaitView(true, 3, PATIENCE);
                member.tell("send 100000 300");
            }
            MemberProcess victim = members.get(1);
            for (MemberProcess member : members) {
                member.awaitMessages(2000, PATIENCE);
            }

            victim.kill();

            MemberProcess first = members.get(0);
            MemberProcess last = members.get(2);
            first.awaitView(true, 2, PATIENCE);
            last.awaitView(true, 2, PATIENCE);
            int sofar = Math.max(first.messages().size(), last.messages().size());
            first.awaitMessages(sofar + 2000, PATIENCE);
            last.awaitMessages(sofar + 2000, PATIENCE);
            first.kill();
            last.kill();

            assertSameBeginning(after(first, 3), after(last, 3));
            List<String> seen = after(victim, 3);
            assertThat(seen.size()).isGreaterThan(1000);
            assertSameBeginning(seen, after(first, 3));
            assertNumbersAreWithoutGap(after(first, 3));
        } finally {
            members.forEach(MemberProcess::close);
        }
    }

    /** Events from the first primary view of that many members on. */
    private static List<String> after(MemberProcess member, int members) {
        List<String> events = member.events();
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).startsWith("view PRIM") && events.get(i).split(",").length == members) {
                return events.subList(i, events.size()).stream()
                        .filter(line -> !line.equals("joined"))
                        .toList();
            }
        }
        throw new AssertionError("no view of " + members);
    }

    private static void assertSameBeginning(List<String> one, List<String> other) {
        int common = Math.min(one.size(), other.size());
        for (int i = 0; i < common; i++) {
            assertThat(one.get(i)).as("event " + i).isEqualTo(other.get(i));
        }
    }

    /** Each member's messages, which are numbered, come one after the other. */
    private static void assertNumbersAreWithoutGap(List<String> events) {
        int[] next = new int[3];
        for (String event : events) {
            if (event.startsWith(Member.MESSAGE)) {
                String[] text = event.split(" ")[5].split(":");
                int sender = text[0].charAt(1) - '0';
                assertThat(Integer.parseInt(text[1])).as(event).isEqualTo(next[sender]++);
            }
        }
    }

    @Test
    void aPartitionStopsTheSmallerSideAndHealsWithoutADifference() throws Exception {
        try (CuttingNetwork network = new CuttingNetwork(3);
                ExecutorServiceResource load = new ExecutorServiceResource()) {
            List<Member> members = new ArrayList<>();
            try {
                for (int i = 1; i <= 3; i++) {
                    members.add(new Member(
                                    "m" + i,
                                    i == 1 ? "gcomm://" : "gcomm://" + network.address(1),
                                    home("m" + i),
                                    Map.of("gmcast.listen_addr", network.listenAddress(i)))
                            .join("partition", i == 1));
                }
                for (Member member : members) {
                    member.awaitView(true, 3, PATIENCE);
                }
                Member lost = members.get(2);
                List<Member> majority = members.subList(0, 2);
                send(load, members, "before", 200);
                members.forEach(member -> member.awaitMessages(600, PATIENCE));

                network.partition(Set.of(1, 2), Set.of(3));

                lost.awaitView(false, 1, PATIENCE);
                majority.forEach(member -> member.awaitView(true, 2, PATIENCE));
                int stopped = lost.messageCount();
                send(load, majority, "during", 200);
                majority.forEach(member -> member.awaitMessages(1000, PATIENCE));
                assertThat(lost.trySend(ByteBuffer.wrap(new byte[10])))
                        .isIn(SendResult.NOT_PRIMARY, SendResult.TRY_AGAIN);
                assertThat(lost.messageCount()).isEqualTo(stopped).isEqualTo(600);

                network.heal();

                members.forEach(member -> member.awaitView(true, 3, PATIENCE));
                send(load, members, "after", 200);
                majority.forEach(member -> member.awaitMessages(1600, PATIENCE));
                lost.awaitMessages(1200, PATIENCE);
                List<String> order = majority.get(0).messages();
                assertThat(majority.get(1).messages()).isEqualTo(order);
                assertThat(lost.messages().subList(0, 600)).isEqualTo(order.subList(0, 600));
                assertThat(lost.messages().subList(600, 1200)).isEqualTo(order.subList(1000, 1600));
                assertThat(lost.view()).isNotNull();
                assertThat(Member.ids(lost.view()))
                        .isEqualTo(Member.ids(majority.get(0).view()));
            } finally {
                members.forEach(Member::close);
            }
        }
    }

    private static void send(ExecutorServiceResource threads, List<Member> senders, String text, int count)
            throws Exception {
        List<Future<?>> tasks = new ArrayList<>();
        for (Member sender : senders) {
            tasks.add(threads.executor.submit(() -> {
                for (int i = 0; i < count; i++) {
                    sender.send(text + i, 100 + i % 3000);
                }
            }));
        }
        for (Future<?> task : tasks) {
            task.get();
        }
    }

    /** Threads that end with a test. */
    private static final class ExecutorServiceResource implements AutoCloseable {
        private final ExecutorService executor = Executors.newCachedThreadPool();

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }
}
