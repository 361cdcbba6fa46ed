package io.wsrep4j.tests.gcomm;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateMessage;
import io.wsrep4j.gcomm.group.message.StateMessage.LastPrimary;
import io.wsrep4j.gcomm.group.message.StateMessage.Vote;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import io.wsrep4j.gcomm.group.message.VoteMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Makes messages of the group layer that a faulty or hostile member could send: of every kind, from almost right to noise. The same random source
 * and the same {@link Scene} give the same messages. Not thread-safe.
 */
public final class GroupMessageMutator {

    private static final long[] LIMITS = {
        0,
        1,
        -1,
        2,
        127,
        128,
        255,
        256,
        32_767,
        65_535,
        65_536,
        1 << 20,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xffff_ffffL,
        1L << 32,
        1L << 62,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final int HEADER = 20;
    private static final int LONGEST_FRAGMENT = 2000;

    private final Random random;
    private long actionId = 1;
    private int nextFragment;
    private int actionSize = 1;

    public GroupMessageMutator(Random random) {
        this.random = random;
    }

    /**
     * What a well-informed liar knows.
     *
     * @param position the group's
     * @param configuration id of the present configuration
     * @param exchange the last state UUID
     * @param protocol agreed version of the group layer
     */
    public record Scene(Gtid position, long configuration, Uuid exchange, int protocol) {}

    /** A message to send: a type from 0 to 254 and its payload, which is not empty. */
    public record Mutant(int type, ByteBuffer payload) {}

    /** The next one. */
    public Mutant next(Scene scene) {
        int kind = random.nextInt(100);
        if (kind < 3) {
            return new Mutant(random.nextInt(255), noise(1 + random.nextInt(200)));
        }
        MessageType type;
        ByteBuffer sound;
        if (kind < 40) {
            type = MessageType.ACTION;
            sound = fragment(scene);
        } else {
            MessageType[] all = MessageType.values();
            type = all[1 + random.nextInt(all.length - 1)];
            sound = small(type, scene);
        }
        return new Mutant(type.code(), random.nextInt(3) == 0 ? damaged(sound) : sound);
    }

    private ByteBuffer small(MessageType type, Scene scene) {
        return switch (type) {
            case LAST, JOIN, SYNC -> new CodeMessage(position(scene), rarely() ? number() : 0).encode();
            case STATE_UUID -> uuid(random.nextBoolean() ? scene.exchange() : new Uuid(random.nextLong(), 1));
            case STATE_MESSAGE ->
                claims().answer(scene.exchange(), model(scene), model(scene)).encode();
            case FLOW ->
                new FlowMessage((int) (rarely() ? number() : scene.configuration()), random.nextBoolean()).encode();
            case VOTE ->
                VoteMessage.encode(position(scene), random.nextBoolean() ? 0 : number(), noise(random.nextInt(1200)));
            case ACTION -> throw new IllegalArgumentException("made elsewhere");
        };
    }

    private static ByteBuffer uuid(Uuid uuid) {
        ByteBuffer payload = ByteBuffer.allocate(Uuid.BYTES);
        uuid.write(payload, 0);
        return payload;
    }

    private Gtid position(Scene scene) {
        long seqno =
                switch (random.nextInt(4)) {
                    case 0 -> scene.position().seqno();
                    case 1 -> scene.position().seqno() + random.nextInt(20) - 10;
                    case 2 -> number();
                    default ->
                        random.nextInt((int)
                                Math.min(Integer.MAX_VALUE, scene.position().seqno() + 2));
                };
        return new Gtid(
                rarely() ? new Uuid(random.nextLong(), 5) : scene.position().uuid(), seqno);
    }

    /** Fragments that mostly go on where the last one ended, so that many actions are complete. */
    private ByteBuffer fragment(Scene scene) {
        boolean begins = nextFragment == 0 || random.nextInt(40) == 0;
        if (begins) {
            actionId++;
            nextFragment = 0;
            actionSize = random.nextInt(20) == 0 ? (int) number() : 1 + random.nextInt(3 * LONGEST_FRAGMENT);
        }
        int type = random.nextInt(30) == 0
                ? random.nextInt(12)
                : (random.nextInt(4) == 0 ? ActionType.STATE_TRANSFER_REQUEST : ActionType.WRITE_SET).code();
        byte[] data = new byte[1 + random.nextInt(Math.max(1, Math.min(LONGEST_FRAGMENT, Math.max(1, actionSize))))];
        random.nextBytes(data);
        if (type == ActionType.STATE_TRANSFER_REQUEST.code() && nextFragment == 0 && random.nextBoolean()) {
            data = request();
            actionSize = data.length;
        }
        int version = random.nextInt(50) == 0 ? random.nextInt(256) : scene.protocol();
        int number = random.nextInt(60) == 0 ? (int) number() : nextFragment;
        nextFragment = random.nextInt(3) == 0 ? 0 : nextFragment + 1;
        return HostileMember.fragmentBytes(version, actionId, actionSize, number, type, data);
    }

    private byte[] request() {
        String donors =
                switch (random.nextInt(4)) {
                    case 0 -> StateTransferRequest.SELF_DESYNC;
                    case 1 -> "n1,n2,";
                    case 2 -> ",,,";
                    default -> "";
                };
        return new StateTransferRequest(
                        donors,
                        random.nextInt(5),
                        new Gtid(new Uuid(random.nextLong(), 3), number()),
                        noise(1 + random.nextInt(50)))
                .encode();
    }

    /** What it says of itself in a state exchange: from nothing wrong to nothing right. */
    public Claims claims() {
        return (exchange, model, self) -> {
            if (random.nextInt(4) == 0) {
                return self;
            }
            NodeState[] states = NodeState.values();
            return new StateMessage(
                    StateMessage.VERSION,
                    random.nextInt(16),
                    rarely() ? protocols() : model.supported(),
                    new LastPrimary(
                            rarely()
                                    ? new Uuid(random.nextLong(), 2)
                                    : model.lastPrimary().uuid(),
                            rarely() ? number() : model.lastPrimary().configurationId(),
                            random.nextInt(5),
                            states[random.nextInt(states.length)]),
                    states[random.nextInt(states.length)],
                    rarely() ? new Uuid(random.nextLong(), 4) : exchange,
                    new Gtid(
                            rarely()
                                    ? new Uuid(random.nextLong(), 6)
                                    : model.position().uuid(),
                            rarely() ? number() : model.position().seqno() + random.nextInt(3) - 1),
                    rarely() ? "x".repeat(random.nextInt(3000)) : self.name(),
                    self.incomingAddress(),
                    rarely() ? number() : model.cachedFrom(),
                    rarely() ? (int) number() : 0,
                    rarely() ? number() : model.commitCut(),
                    rarely() ? new Vote(number(), number()) : Vote.NONE,
                    rarely() ? random.nextInt(256) : model.votePolicy(),
                    rarely() ? protocols() : model.used());
        };
    }

    private static StateMessage model(Scene scene) {
        Protocols protocols = new Protocols(NodeIdentity.GROUP_PROTOCOL, 11, 4);
        return new StateMessage(
                StateMessage.VERSION,
                StateMessage.COUNTS_IN_COMMIT_CUT,
                protocols,
                new LastPrimary(scene.exchange(), scene.configuration(), 3, NodeState.SYNCED),
                NodeState.SYNCED,
                scene.exchange(),
                scene.position(),
                "liar",
                "",
                -1L,
                0,
                0L,
                Vote.NONE,
                0,
                protocols);
    }

    private Protocols protocols() {
        return new Protocols(random.nextInt(256), random.nextInt(256), random.nextInt(256));
    }

    private boolean rarely() {
        return random.nextInt(8) == 0;
    }

    private long number() {
        return switch (random.nextInt(3)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(1000);
            default -> LIMITS[random.nextInt(LIMITS.length)] + random.nextInt(3) - 1;
        };
    }

    private ByteBuffer noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /** Cut off, made longer, with bits turned, or with a number of extremes somewhere. */
    private ByteBuffer damaged(ByteBuffer sound) {
        byte[] bytes = new byte[sound.remaining()];
        sound.duplicate().get(bytes);
        ByteBuffer whole = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (random.nextInt(4)) {
            case 0 -> whole.limit(1 + random.nextInt(bytes.length));
            case 1 ->
                whole = ByteBuffer.allocate(bytes.length + 1 + random.nextInt(40))
                        .put(0, bytes);
            case 2 -> {
                for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            default -> {
                if (bytes.length >= Long.BYTES) {
                    whole.putLong(
                            random.nextInt(Math.min(bytes.length, HEADER + Long.BYTES) - Long.BYTES + 1), number());
                }
            }
        }
        return whole;
    }
}
