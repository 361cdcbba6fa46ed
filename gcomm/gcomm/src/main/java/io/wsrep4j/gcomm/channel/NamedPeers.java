package io.wsrep4j.gcomm.channel;

import io.wsrep4j.gcomm.netty.NettyTransport;
import io.wsrep4j.gcomm.transport.NodeAddress;

/** Whoever lives now where a name of the cluster address points is dialled. Called on the thread that resolves names; takes the channel's lock. */
record NamedPeers(NettyTransport transport, GcommStack stack) implements PeerNames.Listener {

    @Override
    public void onAddress(NodeAddress address) {
        transport.enter();
        try {
            if (!stack.isBroken() && !stack.gmcast().isOwn(address)) {
                stack.gmcast().addPeer(address, transport.nanoTime());
            }
        } finally {
            transport.leave();
        }
    }

    @Override
    public void onAddressGone(NodeAddress address) {
        transport.enter();
        try {
            stack.gmcast().retirePeer(address);
        } finally {
            transport.leave();
        }
    }
}
