package io.wsrep4j.provider.options;

import static io.wsrep4j.options.OptionSpec.option;

import io.wsrep4j.options.AsGiven;
import io.wsrep4j.options.BooleanFormat;
import io.wsrep4j.options.DurationFormat;
import io.wsrep4j.options.IntegerFormat;
import io.wsrep4j.options.LenientFormat;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionType;
import io.wsrep4j.options.ValueFormat;
import io.wsrep4j.options.WordFormat;

/** The {@code repl.} options, and {@code debug} (docs/spec/options-status.md 5.1 and 5.2). Holds no state. */
final class ReplicationOptions {

    private static final String LARGEST = Integer.toString(Integer.MAX_VALUE);
    private static final ValueFormat<Boolean> YES_OR_NO = BooleanFormat.asGiven();
    private static final ValueFormat<Long> ANY_INTEGER = new IntegerFormat(Integer.MIN_VALUE, Integer.MAX_VALUE);
    private static final ValueFormat<Long> WRITE_SET_LIMIT =
            LenientFormat.of(new IntegerFormat(0, Integer.MAX_VALUE), ANY_INTEGER, LARGEST);
    private static final ValueFormat<Long> DURATION_OR_NOTHING =
            LenientFormat.of(new AsGiven<>(new DurationFormat(0)), new WordFormat(false, ""), "PT0S");

    /** All of them. */
    static final OptionList LIST = OptionList.of(
            "replication",
            option("debug", YES_OR_NO).initially("no").trigger(YES_OR_NO).help("log at DEBUG too"),
            option("repl.causal_read_timeout", DURATION_OR_NOTHING)
                    .initially("PT30S")
                    .effective()
                    .help("longest wait of a causal read that brings no time-out of its own"),
            option("repl.commit_order", new IntegerFormat(0, 3))
                    .initially("3")
                    .as(OptionType.TEXT)
                    .help("order of commits: 0 none, 1 anybody may overtake, 2 local transactions may, 3 strict"),
            option("repl.key_format", new WordFormat(true, "FLAT8", "FLAT8A", "FLAT16", "FLAT16A"))
                    .initially("FLAT8")
                    .effective()
                    .help("how keys are written in new write sets: a hash of 8 or 16 bytes, with A also in clear"),
            // ours alone: below the 15 minutes after which Debian's unit of MariaDB kills it, so that a line says why
            option("repl.leave_timeout", new DurationFormat(DurationFormat.SECOND))
                    .whenUnset("PT10M")
                    .readOnly()
                    .help("longest wait, when this node leaves, for what is under way"),
            option("repl.max_ws_size", WRITE_SET_LIMIT)
                    .initially(LARGEST)
                    .effective(new AsGiven<>(WRITE_SET_LIMIT))
                    .in("bytes")
                    .help("largest write set; a larger one fails its transaction"),
            option("repl.proto_max", ANY_INTEGER)
                    .initially("11")
                    .kept()
                    .as(OptionType.TEXT)
                    .help("highest replication protocol that this node offers"));

    private ReplicationOptions() {}
}
