package io.wsrep4j.tests.transfer;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.MalformedMessageException;
import io.wsrep4j.tests.transfer.IstRelay.Damage;
import io.wsrep4j.tests.transfer.IstRelay.Message;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** What a donor can say that is well formed and false, as {@link Damage} for one connection each. */
public final class FalseDonor {

    private FalseDonor() {}

    private static boolean isEnd(Message message) {
        return message.type() == Message.CONTROL && message.bytes()[3] == 1;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Goes on behind the last seqno, with seqnos without content. */
    public static Damage skipsBeyondTheEnd(int count) {
        return new Damage() {
            private long last;

            @Override
            public byte[] apply(Message message) {
                if (!isEnd(message)) {
                    last = message.seqno();
                    return message.bytes();
                }
                byte[] more = new byte[0];
                for (int i = 1; i <= count; i++) {
                    more = join(
                            more,
                            Message.of(Message.SKIPPED, true, last + i, new byte[0])
                                    .bytes());
                }
                return join(more, message.bytes());
            }
        };
    }

    /** Says something else where the last configuration change is. */
    private static Damage atTheLastChange(UnaryOperator<Message> change) {
        return new Damage() {
            private Message held;

            @Override
            public byte[] apply(Message message) {
                byte[] before = new byte[0];
                if (held != null) {
                    before = isEnd(message) ? change.apply(held).bytes() : held.bytes();
                    held = null;
                }
                if (message.type() == Message.CONFIGURATION_CHANGE) {
                    held = message;
                    return before.length == 0 ? null : before;
                }
                return join(before, message.bytes());
            }
        };
    }

    /** Leaves the last configuration change out, and its seqno without content. */
    public static Damage skipsTheLastChange() {
        return atTheLastChange(message -> Message.of(Message.SKIPPED, true, message.seqno(), new byte[0]));
    }

    /** Has another history, as its last configuration change shows. */
    public static Damage ofAnotherHistory() {
        return atTheLastChange(message -> {
            try {
                ConfigurationChange change = ConfigurationChange.decode(
                        ByteBuffer.wrap(Arrays.copyOfRange(message.bytes(), Message.HEADER, message.bytes().length)));
                ConfigurationChange other = new ConfigurationChange(
                        change.replicatorProtocol(),
                        change.applicationProtocol(),
                        new Gtid(new Uuid(1, 2), change.position().seqno()),
                        change.configurationId(),
                        change.voteSeqno(),
                        change.voteResult(),
                        change.members());
                return Message.of(Message.CONFIGURATION_CHANGE, true, message.seqno(), other.encode());
            } catch (MalformedMessageException e) {
                throw new IllegalStateException("the donor's own change cannot be read", e);
            }
        });
    }
}
