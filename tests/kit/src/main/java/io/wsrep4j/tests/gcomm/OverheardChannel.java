package io.wsrep4j.tests.gcomm;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupControl;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupMessages;
import io.wsrep4j.gcomm.GroupStatistics;
import io.wsrep4j.gcomm.GroupView;
import java.nio.ByteBuffer;

/** A channel that lets somebody else hear what it delivers, in the group's order, before its owner does. */
public record OverheardChannel(GroupChannel channel, GroupListener ear) implements GroupChannel {

    @Override
    public GroupControl control() {
        GroupControl inner = channel.control();
        return new GroupControl() {
            @Override
            public void join(String groupName, boolean bootstrap, GroupListener listener) throws GroupException {
                inner.join(groupName, bootstrap, new Both(ear, listener));
            }

            @Override
            public void leave() {
                inner.leave();
            }

            @Override
            public boolean setOption(String name, String value) {
                return inner.setOption(name, value);
            }

            @Override
            public void evict(Uuid member) {
                inner.evict(member);
            }

            @Override
            public void isolate(boolean isolated) {
                inner.isolate(isolated);
            }
        };
    }

    @Override
    public GroupMessages messages() {
        return channel.messages();
    }

    @Override
    public GroupStatistics statistics() {
        return channel.statistics();
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
