package io.wsrep4j.gcomm.gmcast;

import static io.wsrep4j.options.OptionSpec.option;

import io.wsrep4j.options.AddressFormat;
import io.wsrep4j.options.DurationFormat;
import io.wsrep4j.options.IntegerFormat;
import io.wsrep4j.options.LenientFormat;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionType;
import io.wsrep4j.options.TextFormat;
import io.wsrep4j.options.ValueFormat;

/** The {@code gmcast.} options (docs/spec/gcomm-transport-pc.md 16 and docs/spec/options-status.md 5.6 and 6). Holds no state. */
public final class GmcastOptions {

    private static final ValueFormat<Long> DURATION = new DurationFormat(0);
    private static final ValueFormat<Long> RECONNECTS = LenientFormat.of(
            new IntegerFormat(0, Integer.MAX_VALUE), new IntegerFormat(Integer.MIN_VALUE, Integer.MAX_VALUE), "0");
    private static final ValueFormat<Long> ISOLATION = new IntegerFormat(0, 2);
    private static final ValueFormat<String> PEER_CHANGE = new TextFormat(
            text -> text.matches("(add|del):(tcp|ssl)://\\S+:\\d+"), "add:tcp://host:port or del:tcp://host:port");

    /** All of them. */
    public static final OptionList LIST = OptionList.of(
                    "gmcast",
                    option("gmcast.group", TextFormat.any())
                            .derivedFrom("the cluster's name")
                            .readOnly()
                            .help("name of the group"),
                    option("gmcast.listen_addr", new AddressFormat())
                            .derivedFrom("tcp://0.0.0.0 with base_port; ssl:// when connections are encrypted")
                            .readOnly()
                            .help("where this node listens; a certain address is also where it connects from"),
                    option("gmcast.mcast_addr", new AddressFormat())
                            .onceConnected("")
                            .readOnly()
                            .help("multicast address that messages are sent to; empty for none"),
                    option("gmcast.mcast_port", LenientFormat.of(new IntegerFormat(0, 65535), TextFormat.any(), "0"))
                            .whenUnset("0")
                            .hidden()
                            .help("multicast port; 0 for the one of gmcast.listen_addr"),
                    option("gmcast.mcast_ttl", new IntegerFormat(1, 255))
                            .onceConnected("1")
                            .canonical()
                            .readOnly()
                            .help("how many routers a multicast passes"),
                    option("gmcast.peer_timeout", LenientFormat.of(new DurationFormat(1), DURATION, "PT0.000000001S"))
                            .onceConnected("PT3S")
                            .canonical()
                            .readOnly()
                            .help("silence of a peer after which its messages are relayed"),
                    option("gmcast.time_wait", DURATION)
                            .onceConnected("PT5S")
                            .canonical()
                            .readOnly()
                            .help("how long a removed peer is kept out"),
                    option("gmcast.segment", new IntegerFormat(0, 254))
                            .initially("0")
                            .canonical()
                            .readOnly()
                            .help("network segment (data centre) of this node"),
                    option("gmcast.version", new IntegerFormat(0, 0))
                            .initially("0")
                            .canonical()
                            .readOnly()
                            .as(OptionType.TEXT)
                            .help("protocol version"),
                    option("gmcast.mira", RECONNECTS)
                            .whenUnset(Integer.toString(Integer.MAX_VALUE))
                            .trigger(RECONNECTS)
                            .hidden()
                            .help("attempts to connect to an address learnt from a peer"),
                    option("gmcast.peer_addr", TextFormat.any())
                            .trigger(PEER_CHANGE)
                            .help("adds or drops the address of a peer"),
                    option("gmcast.isolate", LenientFormat.of(ISOLATION, TextFormat.any(), "0"))
                            .trigger(ISOLATION)
                            .hidden()
                            .help("for tests: 1 cuts this node off from all, 2 ends its group communication, 0 mends"))
            .alsoInAddress();

    private GmcastOptions() {}
}
