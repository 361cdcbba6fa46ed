package io.wsrep4j.gcomm.channel;

import io.wsrep4j.gcomm.evs.EvsOptions;
import io.wsrep4j.gcomm.gmcast.GmcastOptions;
import io.wsrep4j.gcomm.netty.TransportOptions;
import io.wsrep4j.gcomm.options.ClusterAddress;
import io.wsrep4j.gcomm.pc.PcOptions;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionValues;
import java.util.List;
import java.util.Map;

/** The options of the stack behind {@code gcomm://}, layer by layer. Holds no state. */
final class GcommOptions {

    static final List<OptionList> LISTS =
            List.of(TransportOptions.LIST, GmcastOptions.LIST, EvsOptions.LIST, PcOptions.LIST);

    private static final OptionCatalog ALL = new OptionCatalog(LISTS);

    private GcommOptions() {}

    /** Completes and checks the values of a node that is about to connect. */
    static void connecting(ClusterAddress address, OptionValues values) {
        address.options().forEach((name, text) -> {
            if (LISTS.stream().anyMatch(list -> list.inAddress() && list.has(name))) {
                values.give(name, text);
            }
        });
        EvsOptions.connecting(values);
        values.connecting(TransportOptions.LIST);
        values.connecting(GmcastOptions.LIST);
        values.connecting(PcOptions.LIST);
        ListenAddress.connecting(values);
        LISTS.forEach(values::checkRelations);
    }

    /** The values of a channel that has bound its address. */
    static OptionValues inEffect(Map<String, String> options, GcommSettings settings, NodeAddress bound) {
        OptionValues values = OptionValues.of(ALL, options);
        values.connecting(TransportOptions.LIST);
        values.connecting(GmcastOptions.LIST);
        values.connecting(PcOptions.LIST);
        settings.effective(bound).forEach((name, text) -> {
            if (ALL.find(name) != null) {
                values.put(name, text);
            }
        });
        return values;
    }
}
