package io.wsrep4j.gcomm.pc;

import static io.wsrep4j.options.OptionSpec.option;

import io.wsrep4j.options.BooleanFormat;
import io.wsrep4j.options.DurationFormat;
import io.wsrep4j.options.IntegerFormat;
import io.wsrep4j.options.LenientFormat;
import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionType;
import io.wsrep4j.options.TextFormat;
import io.wsrep4j.options.ValueFormat;

/** The {@code pc.} options (docs/spec/gcomm-transport-pc.md 16 and docs/spec/options-status.md 5.8 and 6). Holds no state. */
public final class PcOptions {

    private static final ValueFormat<Long> DURATION = new DurationFormat(0);
    private static final ValueFormat<Boolean> YES_OR_NO = BooleanFormat.asGiven();
    private static final ValueFormat<Boolean> TRUE_OR_FALSE = BooleanFormat.shownAs("true", "false");

    /** All of them. */
    public static final OptionList LIST = OptionList.of(
                    "pc",
                    option(
                                    "pc.version",
                                    LenientFormat.of(
                                            new IntegerFormat(0, PcCodec.MAXIMUM_VERSION), TextFormat.any(), "0"))
                            .initially("0")
                            .readOnly()
                            .as(OptionType.TEXT)
                            .help("protocol version"),
                    option("pc.weight", new IntegerFormat(0, PcSettings.MAXIMUM_START_WEIGHT))
                            .initially("1")
                            .effective(new IntegerFormat(0, PcSettings.MAXIMUM_WEIGHT))
                            .canonical()
                            .help("what this node counts in the quorum; a change is agreed with the group first"),
                    option("pc.ignore_sb", TRUE_OR_FALSE)
                            .initially("false")
                            .effective(YES_OR_NO)
                            .canonical()
                            .help("go on as primary component after a split into equal halves"),
                    option("pc.ignore_quorum", TRUE_OR_FALSE)
                            .initially("false")
                            .effective(YES_OR_NO)
                            .canonical()
                            .help("go on as primary component without quorum"),
                    option("pc.bootstrap", TextFormat.any())
                            .trigger(TextFormat.any())
                            .as(OptionType.SWITCH)
                            .help("declares this component primary, whatever the value; for a non-primary component"),
                    option("pc.recovery", TRUE_OR_FALSE)
                            .initially("true")
                            .canonical()
                            .readOnly()
                            .help("keep the primary view on disk and form it again after a crash of all members"),
                    option("pc.checksum", TRUE_OR_FALSE)
                            .initially("false")
                            .canonical()
                            .help("user messages carry a CRC-16, and it is verified"),
                    option("pc.announce_timeout", DURATION)
                            .initially("PT3S")
                            .readOnly()
                            .help("how long to look for others before going alone"),
                    option("pc.wait_prim", YES_OR_NO)
                            .initially("true")
                            .readOnly()
                            .help("connecting ends only in a primary component"),
                    option("pc.wait_prim_timeout", DURATION)
                            .initially("PT30S")
                            .readOnly()
                            .help("longest wait for a primary component"),
                    option("pc.linger", DURATION)
                            .onceConnected("PT20S")
                            .canonical()
                            .readOnly()
                            .help("longest wait for an orderly leave"),
                    option("pc.npvo", TRUE_OR_FALSE)
                            .initially("false")
                            .canonical()
                            .help("of two primary components that meet the newer survives"))
            .alsoInAddress();

    static final OptionCatalog ALONE = OptionCatalog.of(LIST);

    private PcOptions() {}
}
