package io.wsrep4j.provider.options;

import static io.wsrep4j.options.OptionSpec.option;

import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionType;
import io.wsrep4j.options.TextFormat;

/** Where a node is: the {@code base_} options (docs/spec/options-status.md 5.1). Holds no state. */
public final class BaseOptions {

    /** All of them. */
    public static final OptionList LIST = OptionList.of(
            "base",
            option("base_dir", TextFormat.any())
                    .initially(".")
                    .derivedFrom("the host's data directory")
                    .kept()
                    .readOnly()
                    .help("directory of the node's own files"),
            option("base_host", TextFormat.any())
                    .derivedFrom("host of the node's address")
                    .kept()
                    .readOnly()
                    .help("this node's host, for addresses that are derived"),
            option("base_port", TextFormat.any())
                    .initially("4567")
                    .derivedFrom("port of the node's address, else 4567")
                    .kept()
                    .readOnly()
                    .as(OptionType.INTEGER)
                    .help("this node's port, for addresses that are derived"));

    private BaseOptions() {}
}
