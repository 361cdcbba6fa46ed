package io.wsrep4j.gcomm.gmcast;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.RecordedLog;
import io.wsrep4j.gcomm.transport.NodeAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterTry;
import org.slf4j.LoggerFactory;

/**
 * Random and bent messages: the decoder refuses or understands them, and the state machine lives on. One try of the second property is a
 * conversation of many messages. The long profile runs more than a million of each.
 */
final class GmcastFuzzTest {

    private static final boolean LONG = "long".equals(System.getProperty("wsrep4j.effort", "ci"));
    private static final int TRIES = 1000;
    private static final int INPUTS = LONG ? 1200 : 20;

    /** For what the liar sends: a stack trace for each access to long lists would be most of the test. */
    private static final UnpooledByteBufAllocator UNTRACED = new UnpooledByteBufAllocator(false, true);

    private final List<byte[]> seeds = seeds();
    private Lab lab;

    private static List<byte[]> seeds() {
        List<byte[]> list = new ArrayList<>();
        for (String file : List.of("gmcast-messages.json", "gmcast-reactions.json")) {
            for (JsonNode vector : GmcastVectors.named(file).values()) {
                list.add(ByteBufUtil.getBytes(GmcastVectors.payload(vector)));
            }
        }
        return list;
    }

    /** A message of the vectors with some bytes changed, cut or added, or noise. */
    private byte[] bent(Random random) {
        byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
        switch (random.nextInt(5)) {
            case 0 -> {
                bytes = new byte[random.nextInt(400)];
                random.nextBytes(bytes);
            }
            case 1 -> bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 2 -> bytes = java.util.Arrays.copyOf(bytes, bytes.length + random.nextInt(300));
            default -> {}
        }
        int changes = bytes.length == 0 ? 0 : random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            // the header is where the decisions are
            int at = random.nextBoolean() ? random.nextInt(bytes.length) : random.nextInt(Math.min(4, bytes.length));
            bytes[at] = (byte) random.nextInt(random.nextBoolean() ? 10 : 256);
        }
        return bytes;
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void theDecoderRefusesOrUnderstands(@ForAll long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < INPUTS; i++) {
            byte[] bytes = bent(random);
            ByteBuf in = Unpooled.wrappedBuffer(bytes);
            try {
                GmcastMessage message = GmcastDecoder.decode(in);
                assertThat(message.source().isUndefined()).isFalse();
                if (message instanceof GmcastMessage.TopologyChange change) {
                    assertThat(change.links().size()).isLessThanOrEqualTo(bytes.length / 148);
                } else if (message instanceof GmcastMessage.User user) {
                    assertThat(user.payloadOffset()).isBetween(20, bytes.length);
                }
            } catch (MalformedMessageException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void theStateMachineLivesOn(@ForAll long seed) {
        Random random = new Random(seed);
        lab = new Lab(NodeAddress.parse("tcp://10.77.0.5:24500"));
        Uuid bystander = Lab.uuid(0x77);
        long other = lab.established(bystander, 0, "10.77.0.9", 24900);
        long dialled = 1;
        List<Long> connections = new ArrayList<>(List.of(dialled));
        for (int i = 0; i < INPUTS; i++) {
            if (random.nextInt(8) == 0) {
                connections.add(lab.accept("10.77.0." + (2 + random.nextInt(5))));
            }
            if (random.nextInt(40) == 0) {
                lab.accepts = random.nextBoolean();
            }
            long from = connections.get(random.nextInt(connections.size()));
            lab.receive(from, Unpooled.wrappedBuffer(bent(random)));
            if (!lab.failures.isEmpty()) {
                assertThat(from)
                        .as("only the peer that was dialled may end this node")
                        .isEqualTo(dialled);
                return;
            }
            if (random.nextInt(10) == 0) {
                lab.pass(random.nextDouble());
                lab.receive(other, lab.peer(bystander, 0).ok());
            }
            if (lab.effects.size() > 1000) {
                lab.effects();
            }
        }
        lab.accepts = true;
        lab.effects();
        assertThat(lab.failures).isEmpty();
        assertThat(lab.gmcast.isConnected(bystander)).isTrue();
        lab.receive(other, lab.user(bystander, 0, 0, "still here"));
        assertThat(lab.effects()).contains("deliver 77 segment 0 still here");
    }

    /**
     * A member, known to this node, that says whatever it likes about others and in their names: what it costs is its connection, a bounded number of
     * dials at a time, and a bounded number of lines.
     */
    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void aLyingMemberCostsFewDialsAndLines(@ForAll long seed) {
        for (int i = 0; i < (LONG ? 400 : 1); i++) {
            converse(new Random(seed + i));
        }
    }

    private void converse(Random random) {
        lab = new Lab();
        RecordedLog log = new RecordedLog((Logger) LoggerFactory.getLogger("gmcast.lab"), Level.INFO);
        try {
            Uuid bystander = Lab.uuid(0x77);
            long other = lab.established(bystander, 0, "10.77.0.9", 24900);
            Set<Long> underWay = new HashSet<>();
            long liar = -1;
            for (int i = 0; i < 40; i++) {
                if (liar < 0) {
                    liar = lab.established(Lab.uuid(1 + random.nextInt(40)), random.nextInt(256), "10.77.0.8", 24800);
                }
                lab.receive(liar, lie(random, bystander));
                lab.receive(other, lab.peer(bystander, 0).ok());
                lab.pass(random.nextDouble());
                for (String line : lab.effects()) {
                    long connection = line.matches("(dial|close) .*") ? Long.parseLong(line.split(" ")[1]) : 0;
                    if (line.startsWith("dial")) {
                        underWay.add(connection);
                    } else if (line.startsWith("close")) {
                        underWay.remove(connection);
                        liar = connection == liar ? -1 : liar;
                    }
                }
                // the liar's own addresses of former lives are real ones
                assertThat(underWay).hasSizeLessThanOrEqualTo(Gossip.MAX_DIALS + 40);
            }
            assertThat(log.lines()).hasSizeLessThan(LimitedLog.MAX_LINES + 70);
            assertThat(lab.failures).isEmpty();
            assertThat(lab.gmcast.isConnected(bystander)).isTrue();
            lab.receive(other, lab.user(bystander, 0, 0, "still here"));
            assertThat(lab.effects()).contains("deliver 77 segment 0 still here");
        } finally {
            log.remove();
        }
    }

    private ByteBuf lie(Random random, Uuid bystander) {
        Uuid name = random.nextBoolean() ? bystander : Lab.uuid(1 + random.nextInt(200));
        GmcastEncoder encoder = new GmcastEncoder(UNTRACED, name, random.nextInt(256));
        switch (random.nextInt(7)) {
            case 0 -> {
                return encoder.keepalive();
            }
            case 1 -> {
                return lab.user(name, random.nextInt(256), random.nextInt(4) << 5, "forged");
            }
            case 2 -> {
                return encoder.fail("evicted");
            }
            case 3 -> {
                return encoder.handshake(name);
            }
            case 4 -> {
                return Unpooled.wrappedBuffer(bent(random));
            }
            default -> {
                Map<Uuid, NodeAddress> links = new TreeMap<>();
                int count = random.nextInt(220);
                for (int i = 0; i < count; i++) {
                    links.put(
                            random.nextInt(50) == 0 ? bystander : new Uuid(random.nextLong(), 1 + i),
                            new NodeAddress("tcp", "10.1." + random.nextInt(256) + ".1", 1 + random.nextInt(65535)));
                }
                return encoder.topologyChange(random.nextInt(5) == 0 ? "another" : Lab.GROUP, links);
            }
        }
    }

    @AfterTry
    void noBufferIsLost() {
        if (lab != null) {
            lab.assertNoLeak();
        }
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    }
}
