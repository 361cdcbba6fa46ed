package io.wsrep4j.provider;

import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.provider.options.ProviderOptions;
import java.nio.file.Path;

/** Chooses the backend by the scheme of the cluster address. Holds no state. */
final class ChannelChoice {

    private ChannelChoice() {}

    /** A new channel for this address. */
    static GroupChannel open(
            String address, ProviderOptions options, InitArguments arguments, AllowlistService allowlist)
            throws GroupException {
        return GroupChannelFactory.open(new ChannelEnvironment(
                address,
                options.snapshot(),
                Path.of(options.text("base_dir")),
                arguments.nodeName(),
                arguments.nodeAddress(),
                allowlist));
    }
}
