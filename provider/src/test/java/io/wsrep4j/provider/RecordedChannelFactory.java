package io.wsrep4j.provider;

import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.DeliveryOrder;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupControl;
import io.wsrep4j.gcomm.GroupMessages;
import io.wsrep4j.gcomm.GroupStatistics;
import io.wsrep4j.gcomm.local.LocalChannelFactory;
import io.wsrep4j.options.OptionList;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A group of one that keeps every message in the order of sending, by the name in its address {@code recorded://name}. */
public final class RecordedChannelFactory implements GroupChannelFactory {

    static final String SCHEME = "recorded";

    private static final Map<String, List<Message>> RECORDS = new ConcurrentHashMap<>();

    /** One message as it was sent. */
    record Message(int type, ByteBuffer bytes) {}

    /** What was sent to this address so far. */
    static List<Message> sentTo(String address) {
        return RECORDS.getOrDefault(address, List.of());
    }

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public GroupChannel create(ChannelEnvironment environment) {
        GroupChannel local = new LocalChannelFactory().create(environment);
        List<Message> record = RECORDS.computeIfAbsent(environment.address(), name -> new CopyOnWriteArrayList<>());
        GroupMessages messages = new Recorder(local.messages(), record);
        return new GroupChannel() {
            @Override
            public GroupControl control() {
                return local.control();
            }

            @Override
            public GroupMessages messages() {
                return messages;
            }

            @Override
            public GroupStatistics statistics() {
                return local.statistics();
            }
        };
    }

    @Override
    public List<OptionList> options() {
        return List.of();
    }

    private record Recorder(GroupMessages channel, List<Message> record) implements GroupMessages {
        @Override
        public SendResult send(int type, DeliveryOrder order, ByteBuffer header, ByteBuffer body) {
            // one lock for both: what is delivered first was recorded first
            synchronized (record) {
                ByteBuffer copy = ByteBuffer.allocate(header.remaining() + body.remaining());
                record.add(new Message(
                        type, copy.put(header.duplicate()).put(body.duplicate()).flip()));
                return channel.send(type, order, header, body);
            }
        }

        @Override
        public SendResult sendCausal(long token) {
            return channel.sendCausal(token);
        }

        @Override
        public int maximumLength() {
            return channel.maximumLength();
        }
    }
}
