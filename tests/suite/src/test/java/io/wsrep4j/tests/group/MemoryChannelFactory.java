package io.wsrep4j.tests.group;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.tests.gcomm.MemoryGroup;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Channels of a {@link MemoryGroup} for whole nodes, by the name that a test gives the group: {@code memory://name}. */
public final class MemoryChannelFactory implements GroupChannelFactory {

    private static final String SCHEME = "memory";
    private static final Map<String, Network> NETWORKS = new ConcurrentHashMap<>();

    /** A group, and the channels that were made for it, by the names of the nodes. */
    record Network(MemoryGroup group, Map<String, MemoryGroup.Node> nodes) {}

    /** The group at an address from now on. */
    static Network at(String address) {
        Network network = new Network(new MemoryGroup(), new ConcurrentHashMap<>());
        NETWORKS.put(address, network);
        return network;
    }

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public GroupChannel create(ChannelEnvironment environment) throws GroupException {
        Network network = NETWORKS.get(environment.address());
        if (network == null) {
            throw new GroupException("no test has made a group at " + environment.address());
        }
        MemoryGroup.Node node = network.group().node(new Uuid(1, network.nodes().size() + 1L));
        network.nodes().put(environment.nodeName(), node);
        return node;
    }

    @Override
    public List<OptionList> options() {
        return List.of();
    }
}
