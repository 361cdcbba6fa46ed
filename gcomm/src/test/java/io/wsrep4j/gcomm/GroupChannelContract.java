package io.wsrep4j.gcomm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupMessages.SendResult;
import io.wsrep4j.gcomm.GroupView.GroupMember;
import io.wsrep4j.gcomm.RecordedGroup.Causal;
import io.wsrep4j.gcomm.RecordedGroup.Event;
import io.wsrep4j.gcomm.RecordedGroup.Left;
import io.wsrep4j.gcomm.RecordedGroup.Received;
import io.wsrep4j.gcomm.RecordedGroup.Viewed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link GroupChannel} promises (sheet gcs, 22.2, B1 to B24, as far as it can be seen from outside). A backend passes it with a
 * subclass that says how its channels are made.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class GroupChannelContract {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** One process of a test: a channel and what it was told. */
    protected static final class Process {
        private final GroupChannel channel;
        private final RecordedGroup record = new RecordedGroup();

        Process(GroupChannel channel) {
            this.channel = channel;
        }

        GroupView view() {
            return record.view();
        }

        Uuid id() {
            GroupView view = view();
            return view.members().get(view.ownIndex()).id();
        }
    }

    private final List<Process> processes = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * Makes a channel that is not joined. All channels made in one test can find each other; the first one is joined with bootstrap, and
     * stays in the group as long as others want to join.
     *
     * @param nodeName unique in the test
     */
    protected abstract GroupChannel newChannel(String nodeName) throws Exception;

    /** Frees what {@link #newChannel} needed; called after all channels have left. */
    protected void tearDown() throws Exception {
        // most backends need nothing
    }

    /** True if {@link GroupControl#isolate} cuts a member off so that the others notice. */
    protected boolean canIsolate() {
        return true;
    }

    @AfterEach
    void leaveAll() throws Exception {
        for (Process process : processes) {
            process.channel.control().leave();
        }
        threads.shutdownNow();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        tearDown();
    }

    private Process join() throws Exception {
        Process process = new Process(newChannel("node" + processes.size()));
        processes.add(process);
        process.channel.control().join("contract", processes.size() == 1, process.record);
        return process;
    }

    private List<Process> group(int size) throws Exception {
        List<Process> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            members.add(join());
        }
        for (Process member : members) {
            member.record.awaitView(true, size, PATIENCE);
        }
        return members;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static SendResult trySend(Process process, String text) {
        return process.channel.messages().send(1, DeliveryOrder.SAFE, NOTHING, bytes(text));
    }

    /** Sends; repeats as long as it is told to try again. */
    private static void send(Process process, int type, ByteBuffer header, ByteBuffer body)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        SendResult result;
        while ((result = process.channel.messages().send(type, DeliveryOrder.SAFE, header, body))
                == SendResult.TRY_AGAIN) {
            assertThat(System.nanoTime()).as("B17: TRY_AGAIN must not last").isLessThan(deadline);
            TimeUnit.MICROSECONDS.sleep(200);
        }
        assertThat(result).isEqualTo(SendResult.ACCEPTED);
    }

    private static void send(Process process, String text) throws InterruptedException {
        send(process, 1, NOTHING, bytes(text));
    }

    private void sendAll(List<Process> senders, int count, int longest) throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (Process sender : senders) {
            int number = senders.indexOf(sender);
            tasks.add(() -> {
                Random random = new Random(number);
                for (int i = 0; i < count; i++) {
                    send(sender, number + 1, bytes(number + ":" + i + ":"), bytes("x".repeat(random.nextInt(longest))));
                }
                return null;
            });
        }
        for (Future<Void> task : threads.invokeAll(tasks)) {
            task.get();
        }
    }

    // ---- one member

    @Test
    void aBootstrappedMemberIsAPrimaryComponentOfOneWhoseBootstrapFlagIsNotSet() throws Exception {
        Process only = group(1).get(0);

        assertThat(only.view().primary()).isTrue();
        assertThat(only.view().ownIndex()).isZero();
        assertThat(only.view().bootstrap()).as("B24").isFalse();
        assertThat(only.id().isUndefined()).isFalse();
    }

    @Test
    void anAcceptedMessageIsDeliveredWholeToItsSenderAndTheBuffersStayAsTheyWere() throws Exception {
        Process only = group(1).get(0);
        ByteBuffer header = bytes("..head").position(2);
        ByteBuffer body = ByteBuffer.allocateDirect(10);
        body.put(bytes("body-and-x")).flip().limit(8);

        send(only, 254, header, body);
        only.record.awaitMessages(1, PATIENCE);

        assertThat(only.record.messages()).containsExactly(new Received(only.id(), 254, "headbody-and"));
        assertThat(header.position()).isEqualTo(2);
        assertThat(body.position()).isZero();
        assertThat(body.limit()).isEqualTo(8);
    }

    @Test
    void theLongestMessageIsTakenAndALongerOneIsRefused() throws Exception {
        Process only = group(1).get(0);
        int maximum = only.channel.messages().maximumLength();
        assertThat(maximum).as("B22").isGreaterThanOrEqualTo(1024);

        assertThat(trySend(only, "m".repeat(maximum))).isEqualTo(SendResult.ACCEPTED);
        assertThat(trySend(only, "m".repeat(maximum + 1))).isEqualTo(SendResult.TOO_LONG);

        only.record.awaitMessages(1, PATIENCE);
        assertThat(only.record.messages().get(0).payload()).hasSize(maximum);
    }

    @Test
    void anEmptyMessageAndATypeOutOfRangeAreErrorsOfTheCaller() throws Exception {
        GroupMessages messages = group(1).get(0).channel.messages();

        assertThatThrownBy(() -> messages.send(1, DeliveryOrder.SAFE, NOTHING, NOTHING))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> messages.send(255, DeliveryOrder.SAFE, NOTHING, bytes("x")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> messages.send(-1, DeliveryOrder.SAFE, NOTHING, bytes("x")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leavingIsTheLastEventAndHappensOnce() throws Exception {
        Process only = group(1).get(0);

        only.channel.control().leave();
        only.channel.control().leave();

        List<Event> events = only.record.events();
        assertThat(events.get(events.size() - 1)).as("B18").isEqualTo(new Left(null));
        assertThat(events.stream().filter(Left.class::isInstance)).hasSize(1);
        assertThat(trySend(only, "late")).isEqualTo(SendResult.CLOSED);
        assertThat(only.channel.messages().sendCausal(1)).isEqualTo(SendResult.CLOSED);
    }

    @Test
    void aChannelThatNeverJoinedIsClosedAndLeavesWithoutTrouble() throws Exception {
        Process process = new Process(newChannel("idle"));

        assertThat(trySend(process, "early")).isEqualTo(SendResult.CLOSED);
        process.channel.control().leave();

        assertThat(process.record.events()).isEmpty();
    }

    @Test
    void anUnknownOptionIsNotTaken() throws Exception {
        assertThat(group(1).get(0).channel.control().setOption("no.such_option", "1"))
                .isFalse();
    }

    @Test
    void manyThreadsOfOneMemberLoseNothing() throws Exception {
        Process only = group(1).get(0);

        sendAll(List.of(only, only, only, only), 500, 100);
        only.record.awaitMessages(2000, PATIENCE);

        assertThat(new HashSet<>(only.record.messages())).hasSizeGreaterThanOrEqualTo(500);
        assertThat(only.record.messages()).hasSize(2000);
    }

    // ---- several members

    @Test
    void allMembersSeeTheSameViewAndTheirOwnPlaceInIt() throws Exception {
        List<Process> members = group(3);

        List<GroupMember> agreed = members.get(0).view().members();
        assertThat(agreed).extracting(GroupMember::segment).allMatch(segment -> segment >= 0 && segment <= 255);
        assertThat(agreed).extracting(GroupMember::id).doesNotHaveDuplicates();
        for (Process member : members) {
            assertThat(member.view().members()).as("B9, B10").isEqualTo(agreed);
            assertThat(member.view().bootstrap()).isFalse();
        }
        assertThat(members.stream().map(member -> member.view().ownIndex()).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void messagesOfAllHaveOneOrderAndEachSendersComeInItsOrder() throws Exception {
        List<Process> members = group(3);

        sendAll(members, 300, 2000);
        for (Process member : members) {
            member.record.awaitMessages(900, PATIENCE);
        }

        List<Received> order = members.get(0).record.messages();
        assertThat(order).hasSize(900);
        for (Process member : members) {
            assertThat(member.record.messages()).as("B1, B2, B4").isEqualTo(order);
        }
        for (int sender = 0; sender < 3; sender++) {
            int type = sender + 1;
            Uuid id = members.get(sender).id();
            List<Received> own = order.stream().filter(m -> m.type() == type).toList();
            assertThat(own).as("B12").allMatch(m -> m.sender().equals(id));
            for (int i = 0; i < own.size(); i++) {
                assertThat(own.get(i).payload()).as("B3").startsWith(sender + ":" + i + ":");
            }
        }
    }

    @Test
    void membersThatGoOnTogetherHaveTheSameMessagesInEachView() throws Exception {
        List<Process> members = new ArrayList<>(group(2));
        Future<?> load = threads.submit(() -> {
            sendAll(List.of(members.get(0), members.get(1)), 2000, 300);
            return null;
        });
        Process third = join();
        third.record.awaitView(true, 3, PATIENCE);
        third.channel.control().leave();
        Process fourth = join();
        fourth.record.awaitView(true, 3, PATIENCE);
        load.get();
        for (Process member : members) {
            member.record.awaitMessages(4000, PATIENCE);
        }

        assertThat(withoutNonPrimary(members.get(0))).as("B1, B6").isEqualTo(withoutNonPrimary(members.get(1)));
        assertThat(fourth.record.events().get(0)).isInstanceOf(Viewed.class);
        assertThat(fourth.id()).as("B11").isNotEqualTo(third.id());
        for (Process process : List.of(third, fourth)) {
            assertSharedViewsAreEqual(members.get(0), process);
        }
    }

    /** Events from the second view on: members see the first view of themselves alone, or of two. */
    private static List<String> withoutNonPrimary(Process process) {
        List<String> texts = new ArrayList<>();
        boolean started = false;
        for (Event event : process.record.events()) {
            if (event instanceof Viewed viewed) {
                started |= viewed.view().members().size() == 2;
                texts.add("view " + viewed.view().primary() + viewed.view().members());
            } else {
                texts.add(event.toString());
            }
            if (!started) {
                texts.clear();
            }
        }
        return texts;
    }

    /** In a primary view that both went on from, both have the same messages. */
    private static void assertSharedViewsAreEqual(Process one, Process other) {
        TreeMap<String, List<Received>> ofOne = byFinishedView(one);
        TreeMap<String, List<Received>> ofOther = byFinishedView(other);
        Set<String> shared = new HashSet<>(ofOne.keySet());
        shared.retainAll(ofOther.keySet());
        for (String view : shared) {
            assertThat(ofOther.get(view)).as("B5, B6 in " + view).isEqualTo(ofOne.get(view));
        }
    }

    private static TreeMap<String, List<Received>> byFinishedView(Process process) {
        TreeMap<String, List<Received>> byView = new TreeMap<>();
        List<Received> messages = new ArrayList<>();
        String view = null;
        for (Event event : process.record.events()) {
            if (event instanceof Viewed viewed) {
                if (view != null && viewed.view().primary()) {
                    byView.put(view, messages);
                }
                view = viewed.view().primary() ? viewed.view().members().toString() : null;
                messages = new ArrayList<>();
            } else if (event instanceof Received received) {
                messages.add(received);
            }
        }
        return byView;
    }

    @Test
    void aMemberThatReturnsHasANewId() throws Exception {
        List<Process> members = group(2);
        Uuid before = members.get(1).id();

        members.get(1).channel.control().leave();
        members.get(0).record.awaitView(true, 1, PATIENCE);
        Process again = join();
        again.record.awaitView(true, 2, PATIENCE);

        assertThat(again.id()).as("B11").isNotEqualTo(before);
    }

    @Test
    void theRestStaysPrimaryWhenAMemberLeaves() throws Exception {
        List<Process> members = group(2);

        members.get(0).channel.control().leave();
        members.get(1).record.awaitView(true, 1, PATIENCE);
        send(members.get(1), "alone");
        members.get(1).record.awaitMessages(1, PATIENCE);

        assertThat(members.get(1).record.messages())
                .extracting(Received::payload)
                .containsExactly("alone");
    }

    @Test
    void aCausalTokenComesAfterEverythingThatWasDeliveredAnywhere() throws Exception {
        List<Process> members = group(3);
        for (int round = 0; round < 20; round++) {
            Process writer = members.get(round % 3);
            Process reader = members.get((round + 1) % 3);
            String text = "write " + round;
            send(writer, text);
            writer.record.await(text, PATIENCE, events -> has(events, text));

            long token = round;
            SendResult result;
            while ((result = reader.channel.messages().sendCausal(token)) == SendResult.TRY_AGAIN) {
                TimeUnit.MICROSECONDS.sleep(200);
            }
            assertThat(result).isEqualTo(SendResult.ACCEPTED);
            reader.record.await("token " + token, PATIENCE, events -> events.contains(new Causal(token)));

            List<Event> events = reader.record.events();
            assertThat(has(events.subList(0, events.indexOf(new Causal(token))), text))
                    .as("B21")
                    .isTrue();
        }
        for (Process member : members) {
            List<Event> tokens = member.record.events().stream()
                    .filter(Causal.class::isInstance)
                    .toList();
            assertThat(tokens)
                    .as("B21: once, and here only")
                    .doesNotHaveDuplicates()
                    .hasSizeBetween(6, 7);
        }
    }

    private static boolean has(List<Event> events, String payload) {
        return events.stream()
                .anyMatch(event -> event instanceof Received r && r.payload().equals(payload));
    }

    // ---- partitions

    @Test
    void aMemberThatIsCutOffIsToldAndTheOthersGoOnAndAfterwardsAllAreTogether() throws Exception {
        assumeTrue(canIsolate());
        List<Process> members = group(3);
        Process lost = members.get(2);
        List<Process> rest = members.subList(0, 2);

        lost.channel.control().isolate(true);
        lost.record.awaitView(false, 1, PATIENCE);
        assertThat(trySend(lost, "refused")).isIn(SendResult.NOT_PRIMARY, SendResult.TRY_AGAIN);
        for (Process member : rest) {
            member.record.awaitView(true, 2, PATIENCE);
        }
        sendAll(rest, 50, 200);
        for (Process member : rest) {
            member.record.awaitMessages(100, PATIENCE);
        }
        assertThat(lost.record.messages()).as("B13").isEmpty();

        lost.channel.control().isolate(false);
        for (Process member : members) {
            member.record.awaitView(true, 3, PATIENCE);
        }
        sendAll(members, 50, 200);
        for (Process member : members) {
            member.record.await(
                    "the last messages",
                    PATIENCE,
                    events -> events.stream()
                                    .filter(e -> e instanceof Received r
                                            && r.payload().contains(":49:"))
                                    .count()
                            >= (member == lost ? 3 : 5));
        }

        assertThat(rest.get(0).record.messages()).isEqualTo(rest.get(1).record.messages());
        List<Received> all = rest.get(0).record.messages();
        assertThat(lost.record.messages()).isEqualTo(all.subList(100, all.size()));
        assertPrimaryViewsFormAChain(members);
    }

    /** B14: any two consecutive primary views share a member. */
    private static void assertPrimaryViewsFormAChain(List<Process> members) {
        for (Process member : members) {
            Set<Uuid> before = null;
            for (Event event : member.record.events()) {
                if (event instanceof Viewed viewed && viewed.view().primary()) {
                    Set<Uuid> now = viewed.view().members().stream()
                            .map(GroupMember::id)
                            .collect(Collectors.toSet());
                    assertThat(before == null || now.stream().anyMatch(before::contains))
                            .as("B14")
                            .isTrue();
                    before = now;
                }
            }
        }
    }
}
