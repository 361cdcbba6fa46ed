package io.wsrep4j.gcomm.channel;

import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.netty.TransportSettings;
import io.wsrep4j.gcomm.pc.PcSettings;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Makes channels for {@code gcomm://} addresses. Stateless. */
public final class GcommChannelFactory implements GroupChannelFactory {

    @Override
    public String scheme() {
        return "gcomm";
    }

    @Override
    public GroupChannel create(ChannelEnvironment environment) throws GroupException {
        return new GcommChannel(environment);
    }

    @Override
    public Map<String, String> defaults() {
        Map<String, String> defaults = new TreeMap<>(TransportSettings.defaults());
        defaults.putAll(EvsSettings.defaultTexts());
        defaults.putAll(PcSettings.defaultTexts());
        defaults.put("gcomm.thread_prio", "");
        return Collections.unmodifiableMap(defaults);
    }
}
