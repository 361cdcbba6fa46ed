package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.GroupAction.StateTransferRequested;
import io.wsrep4j.provider.log.NodeLog;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a joiner asks for costs its donor one line, which names the joiner, what it asked for and what it may ask for. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StateRequestsTest {

    private static final Uuid JOINER = new Uuid(0x1234, 0x5678);
    private static final int VERSION = 3;
    private static final int RANDOM_REQUESTS = 2_000;

    @TempDir
    Path directory;

    private final RecordingHost host = new RecordingHost();
    private ProviderNode node;
    private OwnThread<Status> receiver;

    @BeforeEach
    void form() throws Exception {
        node = ProviderNode.start(
                new InitArguments("n1", "127.0.0.1", "127.0.0.1:3306", directory, "", 4, Gtid.UNDEFINED),
                host,
                null,
                null,
                new NodeLog(host));
        assertThat(node.connect("c", "local://", "", true)).as("%s", host.log).isEqualTo(Status.OK);
        receiver = OwnThread.calling(() -> node.replicator().receive(SingleNode.CONTEXT));
        while (!host.callbacks.contains("synced")) {
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void leave() throws Exception {
        node.free();
        receiver.get();
    }

    private record Bytes(ByteBuffer bytes) implements ActionBuffer {
        @Override
        public void release() {}

        @Override
        public int size() {
            return bytes.capacity();
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** docs/spec/replicator-state-transfer.md 17.2. */
    private static byte[] combined(String snapshot, String ist) {
        return ByteBuffer.allocate(6 + 2 * Integer.BYTES + snapshot.length() + ist.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(text("STRv1\0"))
                .putInt(snapshot.length())
                .put(text(snapshot))
                .putInt(ist.length())
                .put(text(ist))
                .array();
    }

    private String history() {
        return node.parts().situation().history().toString();
    }

    /** The errors that the request was worth. */
    private List<String> donate(byte[] request) {
        int before = host.log.size();
        node.transfers()
                .donate(
                        SingleNode.CONTEXT,
                        new StateTransferRequested(
                                node.parts().group().nextLocalSeqno(),
                                node.parts().certification().position(),
                                JOINER,
                                new Bytes(ByteBuffer.wrap(request))),
                        VERSION);
        List<String> lines = List.copyOf(host.log).subList(before, host.log.size());
        assertThat(lines).noneMatch(line -> line.contains("\n") || line.contains("    at "));
        return lines.stream().filter(line -> line.startsWith("ERROR ")).toList();
    }

    @Test
    void aHostThatThrowsAtARequestIsWorthOneLine() {
        host.fail("sstDonate", RecordingHost.Failure.EXCEPTION, 1);
        List<String> errors = donate(text("rsync\0me:secret@127.0.0.1:4444/rsync_sst\0"));

        assertThat(errors).hasSize(1);
        assertThat(errors.get(0))
                .contains(JOINER.toString(), "'rsync'", "as the test wants it", "allowed are")
                .doesNotContain("secret");
    }

    @Test
    void aFailureOfThisProgramAtARequestIsWorthOneLine() {
        node.parts().cache().close();
        List<String> errors = donate(combined("rsync\0", history() + ":0-1|tcp://127.0.0.1:1\0"));

        assertThat(errors).hasSize(1);
        assertThat(errors.get(0))
                .contains(JOINER.toString(), "'rsync'", history() + ":0-1|tcp://127.0.0.1:1", "allowed are");
    }

    @Test
    void oddRequestsAreWorthOneLineEach() {
        List<byte[]> requests = new ArrayList<>();
        requests.add(text("STRv1\0"));
        requests.add(text("STRv1\0\377\377\377\377"));
        for (String address : List.of(
                "",
                "|",
                "tcp://",
                "tcp://:",
                "tcp://127.0.0.1:",
                "tcp://127.0.0.1:65536",
                "tcp://[:1",
                "tcp://[]:1",
                "tcp://127.0.0.1:-1",
                "ssl://127.0.0.1:1",
                "udp://127.0.0.1:1",
                "tcp://\u00ff\u009b:1",
                "tcp://127.0.0.1:1|tcp://127.0.0.1:1")) {
            requests.add(combined("rsync\0", history() + ":0-1|" + address + "\0"));
        }
        for (String range : List.of(
                ":9223372036854775807-1",
                ":9223372036854775808-1",
                ":--",
                ":1",
                "",
                ":\u0661-1",
                ":1000000-1",
                ":-2-9223372036854775807")) {
            requests.add(combined("rsync\0", history() + range + "|tcp://127.0.0.1:1\0"));
        }
        for (byte[] request : requests) {
            assertThat(donate(request))
                    .as("%s", new String(request, StandardCharsets.ISO_8859_1))
                    .hasSize(1);
        }
    }

    /** None of these names an address that anybody could be reached at. */
    @Test
    void randomRequestsAreWorthOneLineAtMost() {
        Random random = new Random(12);
        byte[] sound = combined("rsync\0a", history() + ":0-1|udp://127.0.0.1:1\0");
        for (int i = 0; i < RANDOM_REQUESTS; i++) {
            byte[] request = sound.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                request[random.nextInt(sound.length - "udp://127.0.0.1:1\0".length())] = (byte) random.nextInt(256);
            }
            host.fail("sstDonate", RecordingHost.Failure.EXCEPTION, 1);
            assertThat(donate(request).size()).isLessThanOrEqualTo(1);
        }
    }
}
