package io.wsrep4j.gcomm.evs;

import io.wsrep4j.gcomm.options.Durations;
import io.wsrep4j.gcomm.options.OptionReader;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All evs.* options (docs/spec/gcomm-evs.md 16). Immutable and always valid; times are nanoseconds.
 *
 * @param version highest protocol version to speak: 0 or 1
 * @param viewForgetTimeout how long past views and evictions are remembered
 * @param suspectTimeout silence after which a node is suspected
 * @param inactiveTimeout silence after which a node is given up
 * @param inactiveCheckPeriod how often silence is looked for
 * @param keepalivePeriod how often an idle member speaks
 * @param joinRetransPeriod how often JOIN is repeated
 * @param installTimeout longest time for one attempt at a view
 * @param statsReportPeriod length of a statistics window
 * @param causalKeepalivePeriod how long the last causal round trip vouches for causal reads
 * @param sendWindow slots in flight when the output queue is flushed
 * @param userSendWindow slots in flight when a send finds the output queue empty
 * @param useAggregate pack queued messages together
 * @param maxInstallTimeouts rounds of the install timer before this node goes alone
 * @param delayMargin lateness that is forgiven before a node counts as delayed
 * @param delayedKeepPeriod good behaviour that takes back one count of delay
 * @param autoEvict delays after which a node is evicted; 0 is off; unsigned
 * @param debugLogMask what is logged at DEBUG
 * @param infoLogMask what is logged at INFO; {@link #INFO_STATISTICS} shows more status variables
 */
public record EvsSettings(
        int version,
        long viewForgetTimeout,
        long suspectTimeout,
        long inactiveTimeout,
        long inactiveCheckPeriod,
        long keepalivePeriod,
        long joinRetransPeriod,
        long installTimeout,
        long statsReportPeriod,
        long causalKeepalivePeriod,
        int sendWindow,
        int userSendWindow,
        boolean useAggregate,
        int maxInstallTimeouts,
        long delayMargin,
        long delayedKeepPeriod,
        long autoEvict,
        int debugLogMask,
        int infoLogMask) {

    /** Bit of {@link #infoLogMask}: log views. */
    public static final int INFO_VIEWS = 0x1;

    /** Bit of {@link #infoLogMask}: log state changes. */
    public static final int INFO_STATE = 0x2;

    /** Bit of {@link #infoLogMask}: show histograms and counters in the status. */
    public static final int INFO_STATISTICS = 0x4;

    static final int MAXIMUM_VERSION = 1;

    private static final String PREFIX = "evs.";
    private static final long SECOND = 1_000_000_000L;
    private static final long SHORTEST_PERIOD = SECOND / 10;
    private static final long NO_BOUND = Long.MAX_VALUE;

    /** The settings of a node that sets nothing. */
    public static EvsSettings defaults() {
        return read(Map.of());
    }

    /** Default values by option name, as text; null for an option whose default is derived when the channel opens. */
    public static SortedMap<String, String> defaultTexts() {
        SortedMap<String, String> texts = new TreeMap<>(defaults().texts());
        texts.put("evs.view_forget_timeout", "P1D");
        for (String derived : new String[] {"evs.causal_keepalive_period", "evs.evict"}) {
            texts.put(derived, null);
        }
        return texts;
    }

    /**
     * Reads the options at start.
     *
     * @param options texts by full name; other layers' names are ignored
     * @throws IllegalArgumentException if a value is refused; the message names the key, the value and what is allowed
     */
    public static EvsSettings read(Map<String, String> options) {
        OptionReader in = new OptionReader(options);
        int version = in.integer("evs.version", MAXIMUM_VERSION, 0, MAXIMUM_VERSION);
        long forget = in.duration("evs.view_forget_timeout", 86_400 * SECOND, SECOND, NO_BOUND);
        long suspect = in.duration("evs.suspect_timeout", 5 * SECOND, SHORTEST_PERIOD, NO_BOUND);
        long inactive = in.duration("evs.inactive_timeout", 15 * SECOND, SHORTEST_PERIOD, NO_BOUND);
        long check = bounded(in, "evs.inactive_check_period", SECOND / 2, 0, suspect / 2);
        long keepalive = bounded(in, "evs.keepalive_period", SECOND, SHORTEST_PERIOD, suspect / 3);
        long install = bounded(in, "evs.install_timeout", inactive / 2, keepalive, inactive);
        int sendWindow = in.integer("evs.send_window", 4, 1, Integer.MAX_VALUE);
        int userWindow = in.integer("evs.user_send_window", 2, 1, sendWindow);
        if (userWindow > sendWindow) {
            throw OptionReader.refused(
                    "evs.send_window", "" + sendWindow, "at least evs.user_send_window, " + userWindow);
        }
        return new EvsSettings(
                version,
                forget,
                suspect,
                inactive,
                check,
                keepalive,
                in.duration("evs.join_retrans_period", SECOND, SHORTEST_PERIOD, NO_BOUND),
                install,
                in.duration("evs.stats_report_period", 60 * SECOND, SECOND, NO_BOUND),
                keepalive, // a value given at start is ignored, as Galera does
                sendWindow,
                userWindow,
                in.bool("evs.use_aggregate", true),
                in.integer("evs.max_install_timeouts", 3, 0, Integer.MAX_VALUE - 1),
                in.duration("evs.delay_margin", SECOND, 0, NO_BOUND),
                in.duration("evs.delayed_keep_period", 30 * SECOND, 0, NO_BOUND),
                in.unsigned("evs.auto_evict", 0),
                in.mask("evs.debug_log_mask", 1),
                in.mask("evs.info_log_mask", 0));
    }

    /** The default is checked too: a lower bound elsewhere can make it illegal, and then the operator must choose. */
    private static long bounded(OptionReader in, String name, long fallback, long min, long max) {
        long value = in.duration(name, fallback, min, max);
        if (value < min || value > max) {
            throw OptionReader.refused(
                    name,
                    Durations.format(value) + " (default)",
                    "at least " + Durations.format(min) + " and at most " + Durations.format(max));
        }
        return value;
    }

    /** True if evs has an option of this name, evs.evict included. */
    public static boolean knows(String name) {
        return "evs.evict".equals(name) || defaults().texts().containsKey(name);
    }

    /**
     * These settings with one option changed at run time.
     *
     * @throws IllegalArgumentException if the option is unknown or fixed at run time, or the value is refused
     */
    public EvsSettings with(String name, String value) {
        if ("evs.view_forget_timeout".equals(name) || "evs.inactive_check_period".equals(name)) {
            String current = texts().get(name);
            if (Durations.parse(value) != Durations.parse(current)) {
                throw OptionReader.refused(
                        name, value, "only " + current + ": it is fixed while the node is connected");
            }
            return this;
        }
        if (!name.startsWith(PREFIX) || !texts().containsKey(name)) {
            throw new IllegalArgumentException("option " + name + " is unknown; value '" + value + "' is refused");
        }
        OptionReader in = new OptionReader(Map.of(name, value));
        return new EvsSettings(
                in.integer("evs.version", version, 0, MAXIMUM_VERSION),
                viewForgetTimeout,
                in.duration("evs.suspect_timeout", suspectTimeout, SHORTEST_PERIOD, NO_BOUND),
                in.duration("evs.inactive_timeout", inactiveTimeout, SHORTEST_PERIOD, NO_BOUND),
                inactiveCheckPeriod,
                in.duration("evs.keepalive_period", keepalivePeriod, SHORTEST_PERIOD, NO_BOUND),
                in.duration("evs.join_retrans_period", joinRetransPeriod, SHORTEST_PERIOD, NO_BOUND),
                in.duration("evs.install_timeout", installTimeout, 2 * keepalivePeriod, inactiveTimeout),
                in.duration("evs.stats_report_period", statsReportPeriod, SECOND, NO_BOUND),
                in.duration("evs.causal_keepalive_period", causalKeepalivePeriod, 0, NO_BOUND),
                in.integer("evs.send_window", sendWindow, userSendWindow, Integer.MAX_VALUE),
                in.integer("evs.user_send_window", userSendWindow, 1, sendWindow),
                in.bool("evs.use_aggregate", useAggregate),
                in.integer("evs.max_install_timeouts", maxInstallTimeouts, 0, Integer.MAX_VALUE - 1),
                in.duration("evs.delay_margin", delayMargin, 0, NO_BOUND),
                in.duration("evs.delayed_keep_period", delayedKeepPeriod, 0, NO_BOUND),
                in.unsigned("evs.auto_evict", autoEvict),
                in.mask("evs.debug_log_mask", debugLogMask),
                in.mask("evs.info_log_mask", infoLogMask));
    }

    /** The values in canonical text form by option name, as the host's list of options shows them. */
    public SortedMap<String, String> texts() {
        SortedMap<String, String> texts = new TreeMap<>();
        texts.put("evs.version", Integer.toString(version));
        texts.put("evs.view_forget_timeout", Durations.format(viewForgetTimeout));
        texts.put("evs.suspect_timeout", Durations.format(suspectTimeout));
        texts.put("evs.inactive_timeout", Durations.format(inactiveTimeout));
        texts.put("evs.inactive_check_period", Durations.format(inactiveCheckPeriod));
        texts.put("evs.keepalive_period", Durations.format(keepalivePeriod));
        texts.put("evs.join_retrans_period", Durations.format(joinRetransPeriod));
        texts.put("evs.install_timeout", Durations.format(installTimeout));
        texts.put("evs.stats_report_period", Durations.format(statsReportPeriod));
        texts.put("evs.causal_keepalive_period", Durations.format(causalKeepalivePeriod));
        texts.put("evs.send_window", Integer.toString(sendWindow));
        texts.put("evs.user_send_window", Integer.toString(userSendWindow));
        texts.put("evs.use_aggregate", Boolean.toString(useAggregate));
        texts.put("evs.max_install_timeouts", Integer.toString(maxInstallTimeouts));
        texts.put("evs.delay_margin", Durations.format(delayMargin));
        texts.put("evs.delayed_keep_period", Durations.format(delayedKeepPeriod));
        texts.put("evs.auto_evict", Long.toUnsignedString(autoEvict));
        texts.put("evs.debug_log_mask", mask(debugLogMask));
        texts.put("evs.info_log_mask", mask(infoLogMask));
        return Collections.unmodifiableSortedMap(texts);
    }

    private static String mask(int mask) {
        return mask == 0 ? "0" : "0x" + Integer.toHexString(mask);
    }
}
