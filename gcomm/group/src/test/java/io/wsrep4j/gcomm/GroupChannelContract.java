package io.wsrep4j.gcomm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
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
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link GroupChannel} promises (docs/spec/gcs.md 22.2, B1 to B24, as far as it can be seen from outside). A backend passes it with a
 * subclass that says how its channels are made.
 */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class GroupChannelContract {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Where nobody fails: longer than a busy machine stops a thread, so that the membership is what the test makes it. */
    private static final Duration SLOW_SUSPICION = Duration.ofSeconds(20);

    /** Where a member is cut off: the test lasts that much longer. */
    private static final Duration QUICK_SUSPICION = Duration.ofSeconds(5);

    /** So many messages in a view, and the next change of membership comes while there are more under way. */
    private static final int STREAM = 100;

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

        /** Of its first primary view: also known when it has left. */
        Uuid firstId() {
            GroupView first = record.viewsFromFirstPrimary().get(0);
            return first.members().get(first.ownIndex()).id();
        }
    }

    private final List<Process> processes = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Duration suspicion = SLOW_SUSPICION;

    /**
     * Makes a channel that is not joined. All channels made in one test can find each other; the first one is joined with bootstrap, and
     * stays in the group as long as others want to join.
     *
     * @param nodeName unique in the test
     * @param suspicion how long a member may be silent before the others go on without it
     */
    protected abstract GroupChannel newChannel(String nodeName, Duration suspicion) throws Exception;

    /** Makes a joined channel fail inside, for good. */
    protected abstract void breakDown(GroupChannel channel) throws Exception;

    /** Frees what {@link #newChannel} needed; called after all channels have left. */
    protected void tearDown() throws Exception {
        // most backends need nothing
    }

    /** True if {@link GroupChannel#isolate} cuts a member off so that the others notice. */
    protected boolean canIsolate() {
        return true;
    }

    @AfterEach
    void leaveAll() throws Exception {
        for (Process process : processes) {
            process.channel.leave();
        }
        threads.shutdownNow();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        tearDown();
    }

    private Process join() throws Exception {
        Process process = new Process(newChannel("node" + processes.size(), suspicion));
        processes.add(process);
        process.channel.join("contract", processes.size() == 1, process.record);
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
        return process.channel.send(1, NOTHING, bytes(text));
    }

    /** Sends; repeats as long as it is told to try again. */
    private static void send(Process process, int type, ByteBuffer header, ByteBuffer body)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        SendResult result;
        while ((result = process.channel.send(type, header, body)) == SendResult.TRY_AGAIN) {
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
        for (int place = 0; place < senders.size(); place++) {
            int number = place;
            Process sender = senders.get(place);
            tasks.add(() -> {
                Random random = new Random(number);
                for (int i = 0; i < count; i++) {
                    send(sender, number + 1, bytes(label(number, i)), bytes("x".repeat(random.nextInt(longest))));
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
        int maximum = only.channel.maximumLength();
        assertThat(maximum).as("B22").isGreaterThanOrEqualTo(1024);

        assertThat(trySend(only, "m".repeat(maximum))).isEqualTo(SendResult.ACCEPTED);
        assertThat(trySend(only, "m".repeat(maximum + 1))).isEqualTo(SendResult.TOO_LONG);

        only.record.awaitMessages(1, PATIENCE);
        assertThat(only.record.messages().get(0).payload()).hasSize(maximum);
    }

    @Test
    void anEmptyMessageAndATypeOutOfRangeAreErrorsOfTheCaller() throws Exception {
        GroupChannel channel = group(1).get(0).channel;

        assertThatThrownBy(() -> channel.send(1, NOTHING, NOTHING)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel.send(255, NOTHING, bytes("x"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel.send(-1, NOTHING, bytes("x"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leavingIsTheLastEventAndHappensOnce() throws Exception {
        Process only = group(1).get(0);

        only.channel.leave();
        only.channel.leave();

        List<Event> events = only.record.events();
        assertThat(events.get(events.size() - 1)).as("B18").isEqualTo(new Left(null));
        assertThat(events.stream().filter(Left.class::isInstance)).hasSize(1);
        assertThat(trySend(only, "late")).isEqualTo(SendResult.CLOSED);
        assertThat(only.channel.sendCausal(1)).isEqualTo(SendResult.CLOSED);
    }

    @Test
    void aFailureInsideIsToldAsLeavingWithAnErrorAndIsTheLastEvent() throws Exception {
        Process only = group(1).get(0);

        breakDown(only.channel);
        only.record.await("the end", PATIENCE, events -> events.get(events.size() - 1) instanceof Left);
        SendResult late = trySend(only, "late");
        only.channel.leave();

        List<Event> events = only.record.events();
        assertThat(events.get(events.size() - 1))
                .as("B18, B19")
                .isInstanceOfSatisfying(
                        Left.class, left -> assertThat(left.error()).message().isNotBlank());
        assertThat(events.stream().filter(Left.class::isInstance)).hasSize(1);
        assertThat(late).isIn(SendResult.ABORTED, SendResult.CLOSED);
    }

    @Test
    void aChannelThatNeverJoinedIsClosedAndLeavesWithoutTrouble() throws Exception {
        Process process = new Process(newChannel("idle", suspicion));

        assertThat(trySend(process, "early")).isEqualTo(SendResult.CLOSED);
        process.channel.leave();

        assertThat(process.record.events()).isEmpty();
    }

    @Test
    void anUnknownOptionIsNotTaken() throws Exception {
        assertThat(group(1).get(0).channel.setOption("no.such_option", "1")).isFalse();
    }

    @Test
    void manyThreadsOfOneMemberLoseNothing() throws Exception {
        Process only = group(1).get(0);

        sendAll(List.of(only, only, only, only), 500, 100);
        only.record.awaitMessages(2000, PATIENCE);

        assertThat(only.record.messages()).hasSize(2000);
        for (int thread = 0; thread < 4; thread++) {
            assertOrdered(only.record.messages(), thread, 500);
        }
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
            assertThat(order.stream().filter(m -> m.type() == type)).as("B12").allMatch(m -> m.sender()
                    .equals(id));
            assertOrdered(order, sender, 300);
        }
    }

    /** B3: every message of one of the senders of {@link #sendAll} once, in its order. */
    private static void assertOrdered(List<Received> messages, int number, int count) {
        List<Received> own =
                messages.stream().filter(m -> m.type() == number + 1).toList();
        assertThat(own).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(own.get(i).payload()).as("B3").startsWith(label(number, i));
        }
    }

    @Test
    void membersThatGoOnTogetherHaveTheSameMessagesInEachView() throws Exception {
        List<Process> members = group(2);
        AtomicBoolean enough = new AtomicBoolean();
        List<Future<Integer>> load = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            int sender = i;
            load.add(threads.submit(() -> sendUntil(enough, members.get(sender), sender)));
        }
        members.get(0).record.awaitMessages(STREAM, PATIENCE);
        Process third = join();
        third.record.awaitMessages(STREAM, PATIENCE);
        third.channel.leave();
        Process fourth = join();
        fourth.record.awaitMessages(STREAM, PATIENCE);
        enough.set(true);
        List<Integer> sent = List.of(load.get(0).get(), load.get(1).get());
        for (Process member : members) {
            member.record.awaitMessages(sent.get(0) + sent.get(1), PATIENCE);
        }
        List<Process> rest = List.of(members.get(0), members.get(1), fourth);
        for (Process process : rest) {
            process.record.await(
                    "the last messages, and the view of " + fourth.id(),
                    PATIENCE,
                    events -> has(events, label(0, sent.get(0) - 1))
                            && has(events, label(1, sent.get(1) - 1))
                            && process.view().members().equals(fourth.view().members()));
        }

        for (Process process : rest) {
            assertThat(process.record.viewsFromFirstPrimary())
                    .as("nobody failed, so the primary component was never lost")
                    .allMatch(GroupView::primary);
        }
        for (Process member : members) {
            assertThat(member.record.messages()).as("B2, B4").hasSize(sent.get(0) + sent.get(1));
        }
        assertThat(fourth.id()).as("B11").isNotEqualTo(third.firstId());
        assertSameStays(members.get(0), members.get(1));
        for (Process member : members) {
            assertSameStays(member, fourth);
            assertSameStaysUntilOneLeft(member, third);
        }
    }

    /** A stream of messages; answers how many were accepted. */
    private static int sendUntil(AtomicBoolean enough, Process sender, int number) throws InterruptedException {
        int count = 0;
        while (!enough.get()) {
            send(sender, label(number, count++));
            // a stream, not a flood: what is delivered is kept until the end of the test
            TimeUnit.MICROSECONDS.sleep(200);
        }
        return count;
    }

    private static String label(int sender, int count) {
        return sender + ":" + count + ":";
    }

    /** A primary view and the messages delivered in it, in their order. */
    private record Stay(List<GroupMember> members, boolean bootstrap, List<Received> messages) {}

    /** B1, B5, B6, B9, B15: of the views that two processes have in common both tell the same story. */
    private static void assertSameStays(Process one, Process other) {
        assertSame(one, staysWith(one, other), other, staysWith(other, one));
    }

    /** As {@link #assertSameStays}; of the last view that the second was in, it may have heard the beginning only. */
    private static void assertSameStaysUntilOneLeft(Process one, Process left) {
        List<Stay> stays = staysWith(one, left);
        List<Stay> staysOfLeft = staysWith(left, one);
        int last = staysOfLeft.size() - 1;
        assertThat(stays).as("B15: views with the one that left").hasSize(last + 1);
        List<Received> heard = staysOfLeft.get(last).messages();
        Stay whole = stays.get(last);
        assertThat(heard.size()).as("B5").isLessThanOrEqualTo(whole.messages().size());
        stays.set(
                last,
                new Stay(whole.members(), whole.bootstrap(), whole.messages().subList(0, heard.size())));
        assertSame(one, stays, left, staysOfLeft);
    }

    private static void assertSame(Process one, List<Stay> stays, Process other, List<Stay> staysOfOther) {
        assertThat(stays).as("views in common").isNotEmpty();
        assertThat(views(staysOfOther))
                .as("B9, B15: views of the two, " + one.record.story() + " and " + other.record.story())
                .isEqualTo(views(stays));
        for (int i = 0; i < stays.size(); i++) {
            assertThat(staysOfOther.get(i).messages())
                    .as("B1, B5, B6 in the view of " + stays.get(i).members() + "; " + one.record.story() + " and "
                            + other.record.story())
                    .isEqualTo(stays.get(i).messages());
        }
    }

    private static List<String> views(List<Stay> stays) {
        return stays.stream()
                .map(stay -> stay.members() + " bootstrap " + stay.bootstrap())
                .toList();
    }

    /** The primary views of one process that have the other as a member. */
    private static List<Stay> staysWith(Process one, Process other) {
        Uuid companion = other.firstId();
        List<Stay> stays = new ArrayList<>();
        List<Received> messages = new ArrayList<>();
        for (Event event : one.record.events()) {
            if (event instanceof Viewed viewed) {
                messages = new ArrayList<>();
                GroupView view = viewed.view();
                if (view.primary()
                        && view.members().stream()
                                .anyMatch(member -> member.id().equals(companion))) {
                    stays.add(new Stay(view.members(), view.bootstrap(), messages));
                }
            } else if (event instanceof Received received) {
                messages.add(received);
            }
        }
        return stays;
    }

    @Test
    void aMemberThatReturnsHasANewId() throws Exception {
        List<Process> members = group(2);
        Uuid before = members.get(1).id();

        members.get(1).channel.leave();
        members.get(0).record.awaitView(true, 1, PATIENCE);
        Process again = join();
        again.record.awaitView(true, 2, PATIENCE);

        assertThat(again.id()).as("B11").isNotEqualTo(before);
    }

    @Test
    void theRestStaysPrimaryWhenAMemberLeaves() throws Exception {
        List<Process> members = group(2);

        members.get(0).channel.leave();
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
            while ((result = reader.channel.sendCausal(token)) == SendResult.TRY_AGAIN) {
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
        suspicion = QUICK_SUSPICION;
        List<Process> members = group(3);
        Process lost = members.get(2);
        List<Process> rest = members.subList(0, 2);

        lost.channel.isolate(true);
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

        lost.channel.isolate(false);
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
