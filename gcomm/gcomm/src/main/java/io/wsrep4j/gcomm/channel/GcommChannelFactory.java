package io.wsrep4j.gcomm.channel;

import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.netty.TlsRequest;
import io.wsrep4j.gcomm.options.ClusterAddress;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionValues;
import java.util.List;

/** Makes channels for {@code gcomm://} addresses. Stateless. */
public final class GcommChannelFactory implements GroupChannelFactory {

    private static final String SCHEME = "gcomm";

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public GroupChannel create(ChannelEnvironment environment) throws GroupException {
        return new GcommChannel(environment);
    }

    @Override
    public List<OptionList> options() {
        return GcommOptions.LISTS;
    }

    @Override
    public void starting(OptionValues values) {
        TlsRequest.starting(values);
    }

    @Override
    public void connecting(String address, OptionValues values) {
        GcommOptions.connecting(ClusterAddress.parse(address), values);
    }

    /** An address that names nobody. */
    @Override
    public boolean formsGroup(String address) {
        return address.equals(SCHEME + "://");
    }
}
