package io.wsrep4j.gcomm.group.connection;

import static io.wsrep4j.gcomm.group.message.Vectors.hex;
import static io.wsrep4j.gcomm.group.message.Vectors.integer;
import static io.wsrep4j.gcomm.group.message.Vectors.number;
import static io.wsrep4j.gcomm.group.message.Vectors.string;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.Reassembly;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.ReplicationResult.Status;
import io.wsrep4j.gcomm.group.message.ActionFragment;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.MalformedMessageException;
import io.wsrep4j.gcomm.group.message.Vectors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Cutting actions into fragments and putting them together (docs/spec/gcs.md checklist 3 to 6, 19). */
final class FragmentationTest {

    private static final int MAXIMUM = 32_636;

    private final List<String> sent = new ArrayList<>();
    private GroupChannel.SendResult answer = GroupChannel.SendResult.ACCEPTED;

    private final class Channel implements GroupChannel {
        @Override
        public SendResult send(int type, ByteBuffer header, ByteBuffer body) {
            assertThat(type).isEqualTo(1);
            if (answer == SendResult.ACCEPTED) {
                sent.add(hex(header) + hex(body));
            }
            return answer;
        }

        @Override
        public SendResult sendCausal(long token) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int maximumLength() {
            return MAXIMUM;
        }

        @Override
        public void join(String groupName, boolean bootstrap, GroupListener listener) {
            throw new UnsupportedOperationException("actions are sent, nothing else");
        }

        @Override
        public void leave() {
            throw new UnsupportedOperationException("actions are sent, nothing else");
        }

        @Override
        public boolean setOption(String name, String value) {
            throw new UnsupportedOperationException("actions are sent, nothing else");
        }

        @Override
        public void isolate(boolean isolated) {
            throw new UnsupportedOperationException("actions are sent, nothing else");
        }

        @Override
        public void evict(Uuid member) {
            throw new UnsupportedOperationException("actions are sent, nothing else");
        }

        @Override
        public SortedMap<String, String> status() {
            throw new UnsupportedOperationException("actions are sent, nothing else");
        }

        @Override
        public void resetStatistics() {
            throw new UnsupportedOperationException("actions are sent, nothing else");
        }
    }

    private record Connection(int protocol) implements ActionSender.Connection {
        @Override
        public Status sendStatus() {
            return Status.ORDERED;
        }

        @Override
        public boolean isPaused() {
            return false;
        }

        @Override
        public void expect(OwnAction action) {
            assertThat(action.isSent()).isFalse();
        }

        @Override
        public void sent(OwnAction action) {
            action.markSent();
        }

        @Override
        public void forget(OwnAction action) {
            assertThat(action.isSent()).isFalse();
        }

        @Override
        public boolean awaitChange() {
            throw new AssertionError("nothing to wait for");
        }
    }

    private ActionSender sender(int protocol, long firstId, int maxPayload) {
        return new ActionSender(
                new Connection(protocol), new Channel(), firstId, maxPayload + ActionFragment.HEADER_BYTES);
    }

    private static OwnAction action(ActionType type, byte[] bytes, ActionSender sender) {
        return new OwnAction(null).prepare(type, ByteBuffer.wrap(bytes), sender);
    }

    @TestFactory
    Stream<DynamicTest> goldenFragments() {
        return Vectors.of("fragments.json", "cases").stream()
                .map(vector -> DynamicTest.dynamicTest(string(vector, "name"), () -> check(vector)));
    }

    private void check(Map<String, Object> vector) throws MalformedMessageException {
        sent.clear();
        ActionType type = string(vector, "act_type").equals("STATE_REQ")
                ? ActionType.STATE_TRANSFER_REQUEST
                : ActionType.WRITE_SET;
        ActionSender sender =
                sender(integer(vector, "proto_ver"), number(vector, "act_id"), integer(vector, "max_payload"));
        if (vector.containsKey("fragments")) {
            byte[] bytes = HexFormat.of().parseHex(string(vector, "action"));
            assertThat(sender.sendNow(action(type, bytes, sender))).isTrue();
            assertThat(sent).isEqualTo(vector.get("fragments"));
            assertThat(hex(reassembled())).isEqualTo(string(vector, "action"));
            return;
        }
        sender.sendNow(action(type, new byte[200_296], sender));
        int header = 2 * ActionFragment.HEADER_BYTES;
        assertThat(sent.stream().map(fragment -> fragment.substring(0, header)).toList())
                .isEqualTo(vector.get("fragment_headers"));
        assertThat(sent.stream()
                        .map(fragment -> (fragment.length() - header) / 2L)
                        .toList())
                .isEqualTo(vector.get("fragment_payload_lens"));
        assertThat(reassembled().remaining()).isEqualTo(200_296);
    }

    private ByteBuffer reassembled() throws MalformedMessageException {
        Reassembly reassembly = new Reassembly(false, ActionMemory.heap());
        ActionFragment fragment = new ActionFragment();
        for (int i = 0; i < sent.size(); i++) {
            fragment.wrap(ByteBuffer.wrap(HexFormat.of().parseHex(sent.get(i))));
            assertThat(reassembly.accept(fragment, true))
                    .isEqualTo(i == sent.size() - 1 ? Reassembly.Outcome.COMPLETE : Reassembly.Outcome.INCOMPLETE);
        }
        return reassembly.take().bytes().clear();
    }

    /** Memory that writes down what it is asked for. */
    private static final class CountingMemory implements ActionMemory {

        private final List<Integer> sizes = new ArrayList<>();
        private int inUse;

        @Override
        public ActionBuffer allocate(int size) {
            sizes.add(size);
            inUse++;
            ActionBuffer memory = ActionMemory.heap().allocate(size);
            return new ActionBuffer() {
                @Override
                public ByteBuffer bytes() {
                    return memory.bytes();
                }

                @Override
                public void release() {
                    inUse--;
                }

                @Override
                public int size() {
                    return memory.size();
                }
            };
        }

        @Override
        public long lowestSeqno() {
            return -1;
        }
    }

    @Test
    void aLargeActionGetsItsMemoryAsItComesAndWhatItOutgrowsIsGivenBack() throws MalformedMessageException {
        byte[] bytes = new byte[40 << 20];
        new java.util.Random(7).nextBytes(bytes);
        CountingMemory memory = new CountingMemory();
        Reassembly reassembly = new Reassembly(false, memory);
        ActionFragment fragment = new ActionFragment();
        int payload = MAXIMUM - ActionFragment.HEADER_BYTES;
        ByteBuffer message = ByteBuffer.allocate(MAXIMUM).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int received = 0;
        for (int number = 0; received < bytes.length; number++) {
            int length = Math.min(payload, bytes.length - received);
            ActionFragment.writeHeader(message.clear(), 5, 1, bytes.length, ActionType.WRITE_SET);
            ActionFragment.writeNumber(message, number);
            message.clear()
                    .position(ActionFragment.HEADER_BYTES)
                    .put(bytes, received, length)
                    .flip();
            fragment.wrap(message);
            Reassembly.Outcome outcome = reassembly.accept(fragment, true);
            received += length;
            assertThat(outcome)
                    .isEqualTo(received < bytes.length ? Reassembly.Outcome.INCOMPLETE : Reassembly.Outcome.COMPLETE);
            assertThat(memory.sizes.get(memory.sizes.size() - 1))
                    .isLessThanOrEqualTo(Math.max(1 << 20, 16 * Math.max(received, 1)));
            assertThat(memory.inUse).isEqualTo(1);
        }
        ActionBuffer whole = reassembly.take();
        assertThat(whole.size()).isEqualTo(bytes.length);
        assertThat(whole.bytes().clear()).isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(memory.sizes).hasSize(3);
    }

    @Test
    void anActionOfExactlyTheFragmentsSizeIsOneFragment() {
        ActionSender sender = sender(5, 1, 64_480);
        int longest = MAXIMUM - ActionFragment.HEADER_BYTES;
        sender.sendNow(action(ActionType.WRITE_SET, new byte[longest], sender));
        assertThat(sent).hasSize(1);
        sender.sendNow(action(ActionType.WRITE_SET, new byte[longest + 1], sender));
        assertThat(sent).hasSize(3);
    }

    @Test
    void aFailedSendLeavesTheActionIdAndACompletedOneIncrementsIt() {
        ActionSender sender = sender(5, 7, 100);
        answer = GroupChannel.SendResult.NOT_PRIMARY;
        OwnAction failing = action(ActionType.WRITE_SET, new byte[5], sender);
        assertThat(sender.sendNow(failing)).isTrue();
        assertThat(failing.result()).isEqualTo(ReplicationResult.failed(Status.NOT_PRIMARY));
        assertThat(sender.nextActionId()).isEqualTo(7);
        answer = GroupChannel.SendResult.TRY_AGAIN;
        OwnAction waiting = action(ActionType.WRITE_SET, new byte[5], sender);
        assertThat(sender.sendNow(waiting)).isFalse();
        answer = GroupChannel.SendResult.ACCEPTED;
        assertThat(sender.sendNow(waiting)).isTrue();
        assertThat(sender.nextActionId()).isEqualTo(8);
    }
}
