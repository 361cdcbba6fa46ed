package io.wsrep4j.gcomm.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.HostPort;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.kit.Await;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Names of the cluster address are resolved again (docs/spec/gcomm-transport-pc.md 20.15). */
@SuppressWarnings("try") // resources that are only closed
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PeerNamesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HostPort ONE = new HostPort("one.test", 4567);
    private static final HostPort TWO = new HostPort("two.test", 5567);

    private final Map<String, String[]> zone = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    private InetAddress[] resolve(String host) throws UnknownHostException {
        asked.incrementAndGet();
        String[] texts = zone.get(host);
        if (texts == null) {
            throw new UnknownHostException(host);
        }
        InetAddress[] found = new InetAddress[texts.length];
        for (int i = 0; i < texts.length; i++) {
            found[i] = InetAddress.getByName(texts[i]);
        }
        return found;
    }

    private PeerNames watch(Map<HostPort, NodeAddress> names) {
        PeerNames.Listener listener = new PeerNames.Listener() {
            @Override
            public void onAddress(NodeAddress address) {
                told.add("+" + address);
            }

            @Override
            public void onAddressGone(NodeAddress address) {
                told.add("-" + address);
            }
        };
        return new PeerNames(
                names, "tcp", "n1", 1_000_000, this::resolve, listener, LoggerFactory.getLogger(PeerNamesTest.class));
    }

    /** Until every name has been asked for twice more, so that the first answer has been acted on. */
    private void lookAgain(int names) {
        int before = asked.get();
        Await.until("two more looks", PATIENCE, () -> asked.get() > before + 2 * names);
    }

    private static Map<HostPort, NodeAddress> names(HostPort name, String address) {
        Map<HostPort, NodeAddress> names = new HashMap<>();
        names.put(name, address == null ? null : NodeAddress.parse(address));
        return names;
    }

    @Test
    void anotherAddressIsToldAndTheFormerIsGone() {
        zone.put("one.test", new String[] {"10.0.0.1"});
        try (PeerNames names = watch(names(ONE, "tcp://10.0.0.1:4567"))) {
            lookAgain(1);
            assertThat(told).isEmpty();
            zone.put("one.test", new String[] {"10.0.0.7"});
            Await.until("it is told", PATIENCE, () -> told.size() >= 2);
            lookAgain(1);
        }
        assertThat(told).containsExactly("-tcp://10.0.0.1:4567", "+tcp://10.0.0.7:4567");
    }

    @Test
    void aNameThatHadNoAddressGetsOneAndOneThatLosesItIsWhereItWas() {
        try (PeerNames names = watch(names(ONE, null))) {
            lookAgain(1);
            zone.put("one.test", new String[] {"10.0.0.1"});
            Await.until("it is told", PATIENCE, () -> !told.isEmpty());
            zone.remove("one.test");
            lookAgain(1);
            zone.put("one.test", new String[] {"10.0.0.1"});
            lookAgain(1);
        }
        assertThat(told).containsExactly("+tcp://10.0.0.1:4567");
    }

    @Test
    void aNameWithSeveralAddressesKeepsTheOneItHasInWhateverOrderTheyCome() {
        zone.put("one.test", new String[] {"10.0.0.2", "10.0.0.1"});
        try (PeerNames names = watch(names(ONE, "tcp://10.0.0.1:4567"))) {
            lookAgain(1);
            zone.put("one.test", new String[] {"10.0.0.3", "10.0.0.2"});
            Await.until("it is told", PATIENCE, () -> told.size() >= 2);
            lookAgain(1);
        }
        assertThat(told).containsExactly("-tcp://10.0.0.1:4567", "+tcp://10.0.0.3:4567");
    }

    @Test
    void anAddressThatAnotherNameStillHasIsNotGone() {
        zone.put("one.test", new String[] {"10.0.0.9"});
        zone.put("two.test", new String[] {"10.0.0.1"});
        HostPort alias = new HostPort("two.test", 4567);
        Map<HostPort, NodeAddress> both = names(ONE, "tcp://10.0.0.1:4567");
        both.put(alias, NodeAddress.parse("tcp://10.0.0.1:4567"));
        try (PeerNames names = watch(both)) {
            Await.until("it is told", PATIENCE, () -> !told.isEmpty());
            lookAgain(2);
        }
        assertThat(told).containsExactly("+tcp://10.0.0.9:4567");
    }

    @Test
    void aResolverThatBlocksHoldsUpNobodyAndWhatItFindsAfterTheEndIsToldToNobody() throws Exception {
        CountDownLatch asks = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        PeerNames names = new PeerNames(
                names(TWO, null),
                "tcp",
                "n1",
                1_000_000,
                host -> {
                    asks.countDown();
                    try {
                        answers.await();
                        return new InetAddress[] {InetAddress.getByName("10.0.0.1")};
                    } catch (InterruptedException e) {
                        throw new UnknownHostException("interrupted");
                    } finally {
                        answered.countDown();
                    }
                },
                new PeerNames.Listener() {
                    @Override
                    public void onAddress(NodeAddress address) {
                        told.add("+" + address);
                    }

                    @Override
                    public void onAddressGone(NodeAddress address) {
                        told.add("-" + address);
                    }
                },
                LoggerFactory.getLogger(PeerNamesTest.class));
        assertThat(asks.await(60, TimeUnit.SECONDS)).isTrue();
        names.close();
        answers.countDown();
        assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
        Await.until("the thread's end", PATIENCE, () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("wsrep4j-names-n1")));
        assertThat(told).isEmpty();
    }
}
