package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Status;
import io.wsrep4j.kit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever cluster addresses were tried before: what the last one asks for is what happens. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ConnectSequencesTest {

    private static final boolean LONG_EFFORT = "long".equals(System.getProperty("wsrep4j.effort"));
    private static final int SEQUENCES = LONG_EFFORT ? 2_000 : 60;
    private static final int LONGEST = 9;
    private static final int MOST_RECEIVERS = 3;
    private static final long BOUND_SECONDS = 30;

    /** What an operator may write. */
    private enum Address {
        RIGHT("local://"),
        NOBODY_THERE("local://"),
        UNKNOWN_SCHEME("nonsense://there"),
        NO_SCHEME("127.0.0.1"),
        EMPTY(""),
        NULL(null);

        private final String text;

        Address(String text) {
            this.text = text;
        }
    }

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theLastAddressIsTheOneThatCounts(long seed) throws Exception {
        Random random = new Random(seed);
        long transaction = 1;
        // closed only at the end: a node that hangs would hide why
        SingleNode node = new SingleNode(directory, "");
        for (int sequence = 0; sequence < SEQUENCES; sequence++) {
            List<Address> tried = new ArrayList<>();
            for (int length = random.nextInt(LONGEST); length >= 0; length--) {
                boolean last = length == 0;
                Address address = last ? Address.RIGHT : Address.values()[random.nextInt(Address.values().length)];
                tried.add(address);
                step(node, random, address, tried, last ? transaction++ : 0);
            }
        }
        node.close();
    }

    /** As MariaDB sets an address: the old connection ends, the new one begins and then gets its threads. */
    private void step(SingleNode node, Random random, Address address, List<Address> tried, long transaction)
            throws Exception {
        int synced = count(node, "synced");
        Status connected = within(tried, () -> node.provider.connect("c", address.text, "", address == Address.RIGHT));
        assertThat(connected)
                .as("%s, log %s", tried, node.host.log)
                .isEqualTo(address == Address.RIGHT ? Status.OK : Status.NODE_FAIL);
        List<OwnThread<Status>> receivers = new ArrayList<>();
        if (connected == Status.OK) {
            // zero: the server is told to go before it has made them
            int threads = transaction > 0 ? 1 + random.nextInt(MOST_RECEIVERS) : random.nextInt(MOST_RECEIVERS + 1);
            for (int i = 0; i < threads; i++) {
                receivers.add(OwnThread.calling(() -> node.provider.receive(SingleNode.CONTEXT)));
            }
        }
        if (transaction > 0) {
            awaitSynced(node, synced, tried);
            node.commit(transaction, "row" + transaction);
        }
        within(tried, node.provider::disconnect);
        for (OwnThread<Status> receiver : receivers) {
            receiver.get();
        }
    }

    private static void awaitSynced(SingleNode node, int before, List<Address> tried) {
        Await.until(
                "synced after " + tried,
                Duration.ofSeconds(BOUND_SECONDS),
                () -> count(node, "synced") > before,
                () -> "log " + node.host.log);
    }

    private static int count(SingleNode node, String callback) {
        return (int) node.host.callbacks.stream().filter(callback::equals).count();
    }

    private static Status within(List<Address> tried, Callable<Status> call) {
        try {
            return OwnThread.calling(call).get();
        } catch (Exception e) {
            throw new AssertionError("no answer after " + tried, e);
        }
    }
}
