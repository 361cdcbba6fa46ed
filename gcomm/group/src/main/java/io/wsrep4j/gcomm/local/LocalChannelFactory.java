package io.wsrep4j.gcomm.local;

import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.options.OptionList;
import java.util.List;

/** Makes channels for cluster addresses {@code local://}; what follows the scheme is not looked at. */
public final class LocalChannelFactory implements GroupChannelFactory {

    /** Scheme of this backend's addresses. */
    public static final String SCHEME = "local";

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public GroupChannel create(ChannelEnvironment environment) {
        return new LocalChannel();
    }

    @Override
    public List<OptionList> options() {
        return List.of();
    }
}
