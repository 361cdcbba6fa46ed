package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What was decided under the connection's lock and is to be sent when it is released: the channel may deliver inside a send, so nothing is
 * sent under the lock. Owned by that lock.
 */
final class Outbox {

    /** @param configuration low bits of the id of the configuration it was decided in */
    record Item(MessageType type, ByteBuffer payload, FlowMessage flow, int configuration) {}

    private List<Item> items = List.of();

    void add(MessageType type, ByteBuffer payload, int configuration) {
        add(new Item(type, payload, null, configuration));
    }

    void add(FlowMessage flow) {
        add(new Item(MessageType.FLOW, flow.encode(), flow, flow.configuration()));
    }

    private void add(Item item) {
        if (items.isEmpty()) {
            items = new ArrayList<>(2);
        }
        items.add(item);
    }

    /** Everything that is to be sent, in order; the caller sends it. */
    List<Item> take() {
        List<Item> taken = items;
        if (!taken.isEmpty()) {
            items = List.of();
        }
        return taken;
    }
}
