package io.wsrep4j.tests.gcomm;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import java.nio.ByteBuffer;
import java.util.SortedMap;

/** A channel that lets somebody else hear what it delivers, in the group's order, before its owner does. */
public record OverheardChannel(GroupChannel channel, GroupListener ear) implements GroupChannel {

    @Override
    public void join(String groupName, boolean bootstrap, GroupListener listener) throws GroupException {
        channel.join(groupName, bootstrap, new Both(ear, listener));
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
    public SendResult send(int type, ByteBuffer header, ByteBuffer body) {
        return channel.send(type, header, body);
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
    public SortedMap<String, String> status() {
        return channel.status();
    }

    @Override
    public void resetStatistics() {
        channel.resetStatistics();
    }

    private record Both(GroupListener first, GroupListener second) implements GroupListener {
        @Override
        public void onView(GroupView view) {
            first.onView(view);
            second.onView(view);
        }

        @Override
        public void onMessage(int senderIndex, int type, ByteBuffer payload) {
            first.onMessage(senderIndex, type, payload.duplicate());
            second.onMessage(senderIndex, type, payload);
        }

        @Override
        public void onCausal(long token) {
            second.onCausal(token);
        }

        @Override
        public void onLeft(GroupException error) {
            first.onLeft(error);
            second.onLeft(error);
        }
    }
}
