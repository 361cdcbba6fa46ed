package io.wsrep4j.ist;

import static io.wsrep4j.options.OptionSpec.option;

import io.wsrep4j.options.AddressFormat;
import io.wsrep4j.options.BooleanFormat;
import io.wsrep4j.options.DurationFormat;
import io.wsrep4j.options.LenientFormat;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.TextFormat;

/** The {@code ist.} options (docs/spec/options-status.md 5.8). Holds no state. */
public final class IstOptions {

    /** How long a joiner waits for history before it gives up. */
    public static final String SILENCE_TIMEOUT = "ist.silence_timeout";

    /** All of them. */
    public static final OptionList LIST = OptionList.of(
            "ist",
            option("ist.recv_addr", new AddressFormat())
                    .derivedFrom("host of the node's address, with base_port + 1")
                    .readOnly()
                    .help("where donors connect for an incremental transfer"),
            option("ist.recv_bind", new AddressFormat())
                    .derivedFrom("ist.recv_addr")
                    .readOnly()
                    .help("where this node listens for an incremental transfer, if that is another address"),
            option("ist.keep_keys", LenientFormat.of(BooleanFormat.asGiven(), TextFormat.any(), "yes"))
                    .whenUnset("yes")
                    .hidden()
                    .help("write sets that are sent keep their keys"),
            // ours alone
            option(SILENCE_TIMEOUT, new DurationFormat(DurationFormat.SECOND))
                    .whenUnset("PT5M")
                    .readOnly()
                    .help("how long a joiner waits for history to come before it gives up"));

    private IstOptions() {}
}
