package io.wsrep4j.provider;

import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.local.LocalChannelFactory;
import io.wsrep4j.provider.options.ProviderOptions;
import java.nio.file.Path;
import java.util.ServiceLoader;

/** Chooses the backend by the scheme of the cluster address. Holds no state. */
final class ChannelChoice {

    private static final String GCOMM = "gcomm";

    private ChannelChoice() {}

    /** A new channel for this address. */
    static GroupChannel open(
            String address,
            boolean bootstrap,
            ProviderOptions options,
            InitArguments arguments,
            AllowlistService allowlist)
            throws GroupException {
        String effective = address;
        // TEMPORARY: until the gcomm backend is there, a bootstrap without peers is a group of one all the same.
        if (bootstrap && hasNoPeers(address) && !isKnown(GCOMM)) {
            effective = LocalChannelFactory.SCHEME + "://";
        }
        return GroupChannelFactory.open(new ChannelEnvironment(
                effective,
                options.snapshot(),
                Path.of(options.text("base_dir")),
                arguments.nodeName(),
                arguments.nodeAddress(),
                allowlist));
    }

    private static boolean hasNoPeers(String address) {
        return address.equals(GCOMM + "://") || address.startsWith(GCOMM + "://?");
    }

    private static boolean isKnown(String scheme) {
        for (GroupChannelFactory factory :
                ServiceLoader.load(GroupChannelFactory.class, GroupChannelFactory.class.getClassLoader())) {
            if (factory.scheme().equals(scheme)) {
                return true;
            }
        }
        return false;
    }
}
