package io.wsrep4j.provider;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.local.LocalChannelFactory;
import io.wsrep4j.options.OptionList;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
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
        return new Recorder(local, record);
    }

    @Override
    public List<OptionList> options() {
        return List.of();
    }

    private record Recorder(GroupChannel channel, List<Message> record) implements GroupChannel {
        @Override
        public SendResult send(int type, ByteBuffer header, ByteBuffer body) {
            // one lock for both: what is delivered first was recorded first
            synchronized (record) {
                ByteBuffer copy = ByteBuffer.allocate(header.remaining() + body.remaining());
                record.add(new Message(
                        type, copy.put(header.duplicate()).put(body.duplicate()).flip()));
                return channel.send(type, header, body);
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

        @Override
        public void join(String groupName, boolean bootstrap, GroupListener listener) throws GroupException {
            channel.join(groupName, bootstrap, listener);
        }

        @Override
        public void leave() {
            channel.leave();
        }

        @Override
        public boolean setOption(String name, String value) {
            return channel.setOption(name, value);
        }

        @Override
        public void isolate(boolean isolated) {
            channel.isolate(isolated);
        }

        @Override
        public void evict(Uuid member) {
            channel.evict(member);
        }

        @Override
        public SortedMap<String, String> status() {
            return channel.status();
        }

        @Override
        public void resetStatistics() {
            channel.resetStatistics();
        }
    }
}
