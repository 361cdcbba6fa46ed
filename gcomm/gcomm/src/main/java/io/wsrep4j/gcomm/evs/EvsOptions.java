package io.wsrep4j.gcomm.evs;

import static io.wsrep4j.options.OptionSpec.option;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.options.BooleanFormat;
import io.wsrep4j.options.DurationFormat;
import io.wsrep4j.options.HexMaskFormat;
import io.wsrep4j.options.IntegerFormat;
import io.wsrep4j.options.LenientFormat;
import io.wsrep4j.options.OptionBound;
import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionRelation;
import io.wsrep4j.options.OptionRelation.Side;
import io.wsrep4j.options.OptionSpec;
import io.wsrep4j.options.OptionType;
import io.wsrep4j.options.OptionValues;
import io.wsrep4j.options.TextFormat;
import io.wsrep4j.options.UnreadFormat;
import io.wsrep4j.options.UnsignedFormat;
import io.wsrep4j.options.ValueFormat;
import java.util.Map;
import java.util.stream.Stream;

/** The {@code evs.} options (docs/spec/gcomm-evs.md 16 and docs/spec/options-status.md 5.7 and 6). Holds no state. */
public final class EvsOptions {

    static final String EVICT = "evs.evict";
    private static final String SUSPECT = "evs.suspect_timeout";
    private static final String INACTIVE = "evs.inactive_timeout";
    private static final String CHECK = "evs.inactive_check_period";
    private static final String KEEPALIVE = "evs.keepalive_period";
    private static final String CAUSAL = "evs.causal_keepalive_period";
    private static final String INSTALL = "evs.install_timeout";
    private static final String WINDOW = "evs.send_window";
    private static final String USER_WINDOW = "evs.user_send_window";

    private static final ValueFormat<Long> DURATION = new DurationFormat(0);
    private static final ValueFormat<Long> TENTH_OR_LONGER = new DurationFormat(DurationFormat.SECOND / 10);
    private static final ValueFormat<Long> SECOND_OR_LONGER = new DurationFormat(DurationFormat.SECOND);
    private static final ValueFormat<Long> HEX_MASK = new HexMaskFormat();
    private static final ValueFormat<Long> PACKETS = LenientFormat.of(
            new IntegerFormat(1, Integer.MAX_VALUE),
            new IntegerFormat(1, Long.MAX_VALUE - 1),
            Integer.toString(Integer.MAX_VALUE));

    private static final OptionSpec[] TIMES = {
        option(SUSPECT, TENTH_OR_LONGER)
                .initially("PT5S")
                .effective()
                .canonical()
                .help("silence after which a node is suspected"),
        option(INACTIVE, TENTH_OR_LONGER)
                .initially("PT15S")
                .effective()
                .canonical()
                .help("silence after which a node is given up"),
        option(CHECK, DURATION).initially("PT0.5S").canonical().help("how often silence is looked for"),
        option(KEEPALIVE, TENTH_OR_LONGER)
                .onceConnected("PT1S")
                .effective()
                .canonical()
                .help("how often an idle member speaks"),
        option("evs.join_retrans_period", TENTH_OR_LONGER)
                .initially("PT1S")
                .effective()
                .canonical()
                .help("how often a join message is repeated"),
        option(INSTALL, DURATION)
                .derivedFrom("half of evs.inactive_timeout")
                .effective()
                .between(new OptionBound(2, KEEPALIVE), new OptionBound(1, INACTIVE))
                .canonical()
                .help("longest time for one attempt at a view"),
        // what is given at start is read by nobody, as in the reference
        option(CAUSAL, new UnreadFormat<>(DURATION, 0L))
                .derivedFrom("evs.keepalive_period, whatever is given at start")
                .effective(DURATION)
                .help("how long the last causal round trip vouches for causal reads"),
        option("evs.view_forget_timeout", SECOND_OR_LONGER)
                .initially("PT24H")
                .canonical()
                .readOnly()
                .help("how long past views and evictions are remembered"),
        option("evs.delay_margin", DURATION)
                .initially("PT1S")
                .effective()
                .canonical()
                .help("lateness that is forgiven before a node counts as delayed"),
        option("evs.delayed_keep_period", DURATION)
                .initially("PT30S")
                .effective()
                .canonical()
                .help("good behaviour that takes back one count of delay"),
        option("evs.stats_report_period", SECOND_OR_LONGER)
                .initially("PT1M")
                .effective()
                .canonical()
                .help("length of a statistics window; a change begins a new one")
    };

    private static final OptionSpec[] OTHERS = {
        option("evs.version", new IntegerFormat(0, EvsSettings.MAXIMUM_VERSION))
                .onceConnected(Integer.toString(EvsSettings.MAXIMUM_VERSION))
                .effective()
                .canonical()
                .readOnly()
                .as(OptionType.TEXT)
                .help("highest protocol version to speak; automatic eviction needs 1"),
        option("evs.max_install_timeouts", new IntegerFormat(0, Integer.MAX_VALUE - 1L))
                .initially("3")
                .effective()
                .canonical()
                .help("attempts at a view before this node goes alone"),
        option(WINDOW, PACKETS)
                .initially("4")
                .effective()
                .between(new OptionBound(1, USER_WINDOW), null)
                .canonical()
                .in("packets")
                .help("packets in flight"),
        option(USER_WINDOW, PACKETS)
                .initially("2")
                .effective()
                .between(null, new OptionBound(1, WINDOW))
                .canonical()
                .in("packets")
                .help("packets of user data in flight"),
        option("evs.use_aggregate", BooleanFormat.shownAs("true", "false"))
                .onceConnected("true")
                .effective()
                .canonical()
                .help("pack small messages together"),
        option("evs.auto_evict", new UnsignedFormat())
                .initially("0")
                .effective()
                .canonical()
                .readOnly()
                .help("counts of delay after which a node is evicted; 0 is off"),
        option(EVICT, TextFormat.any())
                .trigger(new TextFormat(EvsOptions::isUuidOrEmpty, "the UUID of a node, or nothing to clear the list"))
                .help("evicts this node; an empty value forgives all"),
        option("evs.debug_log_mask", HEX_MASK)
                .onceConnected("0x1")
                .effective()
                .canonical()
                .help("what is logged at DEBUG"),
        option("evs.info_log_mask", HEX_MASK)
                .onceConnected("0")
                .effective()
                .canonical()
                .help("what is logged at INFO: 1 views, 2 states; 4 shows more status variables")
    };

    /** The order of the relations is the reference's. */
    private static final OptionRelation[] RELATIONS = {
        OptionRelation.of(
                KEEPALIVE,
                3,
                SUSPECT,
                new Side(KEEPALIVE, "at most a third of evs.suspect_timeout", SUSPECT),
                new Side(SUSPECT, "at least three times evs.keepalive_period", KEEPALIVE)),
        OptionRelation.of(
                CHECK,
                2,
                SUSPECT,
                new Side(CHECK, "at most half of evs.suspect_timeout", SUSPECT),
                new Side(SUSPECT, "at least twice evs.inactive_check_period", CHECK)),
        // an install time-out that nobody has set follows from the inactive time-out
        OptionRelation.of(
                KEEPALIVE,
                1,
                INSTALL,
                new Side(INSTALL, "at least evs.keepalive_period", KEEPALIVE),
                new Side(INACTIVE, "at least twice evs.keepalive_period", KEEPALIVE),
                new Side(KEEPALIVE, "at most half of evs.inactive_timeout", INACTIVE)),
        OptionRelation.of(
                INSTALL,
                1,
                INACTIVE,
                new Side(INSTALL, "at most evs.inactive_timeout", INACTIVE),
                new Side(INACTIVE, "at least evs.install_timeout", INSTALL)),
        OptionRelation.of(
                USER_WINDOW,
                1,
                WINDOW,
                new Side(USER_WINDOW, "at most evs.send_window", WINDOW),
                new Side(WINDOW, "at least evs.user_send_window", USER_WINDOW))
    };

    /** All of them. */
    public static final OptionList LIST = OptionList.of(
                    "evs", Stream.of(TIMES, OTHERS).flatMap(Stream::of).toArray(OptionSpec[]::new))
            .alsoInAddress()
            .related(RELATIONS);

    private static final OptionCatalog ALONE = OptionCatalog.of(LIST);

    private EvsOptions() {}

    private static boolean isUuidOrEmpty(String text) {
        if (text.isEmpty()) {
            return true;
        }
        try {
            Uuid.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The values of these options alone, checked; names of other layers are passed over. */
    static OptionValues read(Map<String, String> options) {
        OptionValues values = OptionValues.of(ALONE, options);
        connecting(values);
        values.checkRelations(LIST);
        return values;
    }

    /** The node connects: what follows from other values is filled in. */
    public static void connecting(OptionValues values) {
        values.putIfAbsent(INSTALL, DurationFormat.show(values.nanos(INACTIVE) / 2));
        values.connecting(LIST);
        values.put(CAUSAL, values.text(KEEPALIVE));
    }
}
