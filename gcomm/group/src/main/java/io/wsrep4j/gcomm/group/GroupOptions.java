package io.wsrep4j.gcomm.group;

import static io.wsrep4j.options.OptionSpec.option;

import io.wsrep4j.flow.FlowSettings;
import io.wsrep4j.options.BooleanFormat;
import io.wsrep4j.options.LenientFormat;
import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionSpec;
import io.wsrep4j.options.OptionValues;
import io.wsrep4j.options.RealFormat;
import io.wsrep4j.options.SizeFormat;
import io.wsrep4j.options.ValueFormat;
import io.wsrep4j.options.WordFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;

/** The {@code gcs.} options (docs/spec/gcs.md 19; docs/spec/options-status.md 5.4 and 6). Immutable; a change at run time makes a new one. */
public final class GroupOptions {

    public static final String MAX_THROTTLE = "gcs.max_throttle";
    public static final String RECV_Q_HARD_LIMIT = "gcs.recv_q_hard_limit";

    private static final String FC_LIMIT = "gcs.fc_limit";
    private static final String FC_FACTOR = "gcs.fc_factor";
    private static final String FC_SINGLE_PRIMARY = "gcs.fc_single_primary";
    private static final String FC_MASTER_SLAVE = "gcs.fc_master_slave";
    private static final String FC_DEBUG = "gcs.fc_debug";
    private static final String SYNC_DONOR = "gcs.sync_donor";
    private static final String MAX_PACKET_SIZE = "gcs.max_packet_size";
    private static final String RECV_Q_SOFT_LIMIT = "gcs.recv_q_soft_limit";
    private static final String VOTE_POLICY = "gcs.vote_policy";
    private static final String STATELESS = "gcs.stateless";
    private static final int HIGHEST_VOTE_POLICY = 254;

    private static final ValueFormat<Boolean> YES_OR_NO = BooleanFormat.asGiven();
    private static final ValueFormat<Long> COUNT = new SizeFormat(0, Long.MAX_VALUE);
    private static final ValueFormat<Long> POSITIVE = new SizeFormat(1, Long.MAX_VALUE);
    private static final ValueFormat<Long> ANY_NUMBER = new SizeFormat(Long.MIN_VALUE, Long.MAX_VALUE);
    private static final ValueFormat<Double> SHARE = new RealFormat(0, 1, false);
    private static final ValueFormat<Double> SHARE_OR_ALL = new RealFormat(0, 1, true);
    private static final ValueFormat<?> NO_NUMBER = new WordFormat(false, "nan");

    private static final OptionSpec[] FLOW_CONTROL = {
        option(FC_LIMIT, COUNT)
                .initially("16")
                .effective(POSITIVE)
                .in("actions")
                .help("length of the receive queue at which this node asks for a pause, times the square root of the"
                        + " number of members unless gcs.fc_single_primary"),
        option(FC_FACTOR, LenientFormat.of(SHARE_OR_ALL, NO_NUMBER, "1.0"))
                .initially("1.0")
                .effective(SHARE_OR_ALL)
                .help("share of the limit at which the pause ends"),
        option(FC_SINGLE_PRIMARY, YES_OR_NO)
                .initially("no")
                .readOnly()
                .help("only one node of the cluster writes: the limit does not grow with the number of members"),
        option(FC_MASTER_SLAVE, YES_OR_NO).initially("no").deprecated().help("former name of gcs.fc_single_primary"),
        option(FC_DEBUG, COUNT)
                .initially("0")
                .effective(BooleanFormat.shownAs("YES", "NO"))
                .in("actions")
                .help("log flow control of a state transfer every so many actions; 0 never"),
        option(SYNC_DONOR, YES_OR_NO)
                .initially("no")
                .trigger(YES_OR_NO)
                .help("a donor takes part in flow control, so that the cluster waits for it")
    };

    private static final OptionSpec[] OTHERS = {
        option(MAX_PACKET_SIZE, COUNT)
                .initially("64500")
                .in("bytes")
                .help("largest message to the group; longer actions are cut"),
        option(MAX_THROTTLE, LenientFormat.of(SHARE, NO_NUMBER, "0.25"))
                .initially("0.25")
                .effective(SHARE)
                .help("least share of the normal rate to which a state transfer slows the cluster; 0 lets it stop"),
        option(RECV_Q_HARD_LIMIT, LenientFormat.of(POSITIVE, ANY_NUMBER, "1"))
                .initially(Long.toString(Long.MAX_VALUE))
                .effective(POSITIVE)
                .in("bytes")
                .help(
                        "receive queue at which a joiner or donor gives up, or with gcs.max_throttle=0 the cluster waits"),
        option(RECV_Q_SOFT_LIMIT, LenientFormat.of(SHARE, NO_NUMBER, "0.25"))
                .initially("0.25")
                .effective(SHARE)
                .help("share of the hard limit at which slowing down begins"),
        option(VOTE_POLICY, LenientFormat.of(new SizeFormat(0, HIGHEST_VOTE_POLICY), ANY_NUMBER, "0"))
                .whenUnset("0")
                .readOnly()
                .help("how many successes decide a vote on an error; 0 for a plurality"),
        option(STATELESS, YES_OR_NO).whenUnset("no").readOnly().help("this member holds no state, as an arbitrator")
    };

    /** All of them. */
    public static final OptionList LIST = OptionList.of(
            "group", Stream.of(FLOW_CONTROL, OTHERS).flatMap(Stream::of).toArray(OptionSpec[]::new));

    private static final OptionCatalog ALONE = OptionCatalog.of(LIST);

    private final OptionValues values;
    private final FlowSettings flow;
    private final long debugInterval;

    private GroupOptions(OptionValues values) {
        this.values = values;
        flow = new FlowSettings(
                values.integer(FC_LIMIT),
                values.real(FC_FACTOR),
                values.flag(FC_SINGLE_PRIMARY) || values.flag(FC_MASTER_SLAVE),
                values.flag(SYNC_DONOR),
                values.integer(RECV_Q_HARD_LIMIT),
                values.real(RECV_Q_SOFT_LIMIT),
                values.real(MAX_THROTTLE));
        // a number at start, yes or no at run time
        Object debug = values.value(FC_DEBUG);
        debugInterval = debug instanceof Long actions ? actions : (Boolean) debug ? 1 : 0;
    }

    /**
     * Reads the options that are set.
     *
     * @param options all options of the provider by name; others than {@code gcs.} are passed over
     * @throws OptionException for an unknown {@code gcs.} option or a bad value
     */
    public static GroupOptions parse(Map<String, String> options) {
        options.forEach((name, value) -> {
            if (name.startsWith("gcs.") && !LIST.has(name)) {
                throw new OptionException("unknown option " + name + " = '" + value + "'");
            }
        });
        return new GroupOptions(OptionValues.of(ALONE, options));
    }

    /**
     * These options with one changed at run time.
     *
     * @throws OptionException if the value is bad or the option is fixed at run time
     */
    public GroupOptions with(String name, String value) {
        OptionValues changed = values.copy();
        changed.examine(name, value).ifPresent(changed::apply);
        return new GroupOptions(changed);
    }

    public FlowSettings flow() {
        return flow;
    }

    /** Log state-transfer flow control every so many actions; 0 never. */
    public long debugInterval() {
        return debugInterval;
    }

    public int maxPacketSize() {
        return (int) Math.min(Integer.MAX_VALUE, values.integer(MAX_PACKET_SIZE));
    }

    /** How many successes decide a vote, 0 for a plurality. */
    public int votePolicy() {
        return values.smallInteger(VOTE_POLICY);
    }

    /** Present values by name. */
    public SortedMap<String, String> texts() {
        return values.shown();
    }
}
