package io.wsrep4j.gcomm.channel;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.pc.PcListener;
import java.util.Optional;
import java.util.function.Consumer;

/** The {@link GroupDelivery} of a simulated channel, for other packages. */
public final class SimulatedDelivery {

    private final GroupDelivery delivery;

    /** @param failure told when the primary component cannot go on */
    public SimulatedDelivery(Uuid self, GroupListener listener, Consumer<String> failure) {
        delivery = new GroupDelivery(self, listener, Optional.empty(), failure);
    }

    /** Who is told by the primary component. */
    public PcListener listener() {
        return delivery;
    }

    /** The channel is broken, as {@link GcommStack} says it. */
    public void fail(String reason) {
        delivery.leave(new GroupException(reason));
    }

    /** This node is out of the group. */
    public boolean hasLeft() {
        return delivery.left().isDone();
    }
}
