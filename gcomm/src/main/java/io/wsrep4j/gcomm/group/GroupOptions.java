package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.text.AsciiNumber;
import io.wsrep4j.flow.FlowSettings;
import io.wsrep4j.gcomm.options.OptionReader;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The {@code gcs.} options (docs/spec/gcs.md 19; docs/spec/options-status.md 5.4 and 6). Immutable; a change at run time makes a new one.
 *
 * <p>Every refusal is an {@link IllegalArgumentException} that names the key, the value and what is allowed.
 */
public final class GroupOptions {

    public static final String FC_LIMIT = "gcs.fc_limit";
    public static final String FC_FACTOR = "gcs.fc_factor";
    public static final String FC_SINGLE_PRIMARY = "gcs.fc_single_primary";
    public static final String FC_MASTER_SLAVE = "gcs.fc_master_slave";
    public static final String FC_DEBUG = "gcs.fc_debug";
    public static final String SYNC_DONOR = "gcs.sync_donor";
    public static final String MAX_PACKET_SIZE = "gcs.max_packet_size";
    public static final String MAX_THROTTLE = "gcs.max_throttle";
    public static final String RECV_Q_HARD_LIMIT = "gcs.recv_q_hard_limit";
    public static final String RECV_Q_SOFT_LIMIT = "gcs.recv_q_soft_limit";
    public static final String VOTE_POLICY = "gcs.vote_policy";
    public static final String STATELESS = "gcs.stateless";

    private static final Map<String, String> DEFAULTS = Map.of(
            FC_LIMIT, "16",
            FC_FACTOR, "1.0",
            FC_SINGLE_PRIMARY, "no",
            FC_MASTER_SLAVE, "no",
            FC_DEBUG, "0",
            SYNC_DONOR, "no",
            MAX_PACKET_SIZE, "64500",
            MAX_THROTTLE, "0.25",
            RECV_Q_HARD_LIMIT, Long.toString(Long.MAX_VALUE),
            RECV_Q_SOFT_LIMIT, "0.25");

    private static final Set<String> FIXED_UNLESS_EQUAL = Set.of(FC_SINGLE_PRIMARY, FC_MASTER_SLAVE, MAX_PACKET_SIZE);
    private static final int HIGHEST_VOTE_POLICY = 254;
    private static final String TRUE_WORDS = " 1 y yes on true yep yeah sure ";
    private static final String FALSE_WORDS = " 0 n no off false none nope ";

    private final SortedMap<String, String> texts;
    private final FlowSettings flow;
    private final long debugInterval;
    private final int maxPacketSize;
    private final int votePolicy;
    private final boolean stateless;

    private GroupOptions(SortedMap<String, String> texts) {
        this.texts = texts;
        boolean singlePrimary = bool(FC_SINGLE_PRIMARY) | bool(FC_MASTER_SLAVE);
        flow = new FlowSettings(
                number(FC_LIMIT, 0, Long.MAX_VALUE),
                share(FC_FACTOR, true),
                singlePrimary,
                bool(SYNC_DONOR),
                number(RECV_Q_HARD_LIMIT, 1, Long.MAX_VALUE),
                share(RECV_Q_SOFT_LIMIT, false),
                share(MAX_THROTTLE, false));
        String debug = texts.get(FC_DEBUG);
        debugInterval = debug.equals("YES") ? 1 : debug.equals("NO") ? 0 : number(FC_DEBUG, 0, Long.MAX_VALUE);
        maxPacketSize = (int) Math.min(Integer.MAX_VALUE, number(MAX_PACKET_SIZE, 0, Long.MAX_VALUE));
        long policy = texts.containsKey(VOTE_POLICY) ? number(VOTE_POLICY, Long.MIN_VALUE, Long.MAX_VALUE) : 0;
        votePolicy = policy < 0 || policy > HIGHEST_VOTE_POLICY ? 0 : (int) policy;
        stateless = texts.containsKey(STATELESS) && bool(STATELESS);
    }

    /** The options that exist and their default values; those without a default are not listed. */
    public static Map<String, String> defaults() {
        return DEFAULTS;
    }

    /**
     * Reads the options that are set.
     *
     * @param options all options of the provider by name; others than {@code gcs.} are passed over
     * @throws IllegalArgumentException for an unknown {@code gcs.} option or a bad value
     */
    public static GroupOptions parse(Map<String, String> options) {
        SortedMap<String, String> texts = new TreeMap<>(DEFAULTS);
        options.forEach((name, value) -> {
            if (name.startsWith("gcs.") && value != null) {
                if (!isKnown(name)) {
                    throw new IllegalArgumentException("unknown option " + name + " = '" + value + "'");
                }
                texts.put(name, value);
            }
        });
        return new GroupOptions(texts);
    }

    /** True if the group layer has this option. */
    public static boolean isKnown(String name) {
        return DEFAULTS.containsKey(name) || name.equals(VOTE_POLICY) || name.equals(STATELESS);
    }

    /**
     * These options with one changed at run time.
     *
     * @throws IllegalArgumentException if the value is bad or the option is fixed at run time
     */
    GroupOptions with(String name, String value) {
        if (name.equals(VOTE_POLICY) || name.equals(STATELESS)) {
            throw OptionReader.refused(name, value, "to be set only before the start: members have agreed on it");
        }
        if (FIXED_UNLESS_EQUAL.contains(name)) {
            if (value.equals(texts.get(name))) {
                return this;
            }
            throw OptionReader.refused(
                    name, value, "to be changed only before the start; it is '" + texts.get(name) + "'");
        }
        SortedMap<String, String> changed = new TreeMap<>(texts);
        changed.put(
                name,
                switch (name) {
                    case FC_DEBUG -> parseBool(name, value) ? "YES" : "NO";
                    case FC_LIMIT, RECV_Q_HARD_LIMIT -> canonical(parseNumber(name, value, 1, Long.MAX_VALUE));
                    case FC_FACTOR, RECV_Q_SOFT_LIMIT, MAX_THROTTLE -> canonical(parseDouble(name, value));
                    default -> value;
                });
        return new GroupOptions(changed);
    }

    private long number(String name, long min, long max) {
        return parseNumber(name, texts.get(name), min, max);
    }

    private boolean bool(String name) {
        return parseBool(name, texts.get(name));
    }

    private double share(String name, boolean oneAllowed) {
        double value = parseDouble(name, texts.get(name));
        if (!(value >= 0.0) || value > 1.0 || value == 1.0 && !oneAllowed) {
            throw OptionReader.refused(
                    name, texts.get(name), oneAllowed ? "a number from 0.0 to 1.0" : "a number from 0.0 to below 1.0");
        }
        return value;
    }

    private static double parseDouble(String name, String text) {
        try {
            return Double.parseDouble(AsciiNumber.of(text));
        } catch (NumberFormatException e) {
            throw OptionReader.refused(name, text, "a number such as 0.5");
        }
    }

    private static boolean parseBool(String name, String text) {
        String word = " " + text.toLowerCase(Locale.ROOT) + " ";
        if (!text.isBlank() && TRUE_WORDS.contains(word)) {
            return true;
        }
        if (!text.isBlank() && FALSE_WORDS.contains(word)) {
            return false;
        }
        throw OptionReader.refused(name, text, "yes or no");
    }

    /** A C integer, perhaps hexadecimal or octal, with one of K, M, G, T behind it. */
    private static long parseNumber(String name, String text, long min, long max) {
        String allowed = "a whole number" + (min == Long.MIN_VALUE ? "" : " of at least " + min)
                + ", perhaps with one of K, M, G, T";
        if (text.isEmpty()) {
            throw OptionReader.refused(name, text, allowed);
        }
        int power = "KMGT".indexOf(Character.toUpperCase(text.charAt(text.length() - 1))) + 1;
        String digits = power == 0 ? text : text.substring(0, text.length() - 1);
        long value;
        try {
            value = Math.multiplyExact(Long.decode(AsciiNumber.of(digits)), 1L << 10 * power);
        } catch (NumberFormatException | ArithmeticException e) {
            throw OptionReader.refused(name, text, allowed);
        }
        if (value < min || value > max) {
            throw OptionReader.refused(name, text, allowed);
        }
        return value;
    }

    private static String canonical(long value) {
        long number = value;
        int power = 0;
        while (power < 4 && number != 0 && number % 1024 == 0) {
            number /= 1024;
            power++;
        }
        return power == 0 ? Long.toString(number) : number + "" + "KMGT".charAt(power - 1);
    }

    private static String canonical(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    FlowSettings flow() {
        return flow;
    }

    /** Log state-transfer flow control every so many actions; 0 never. */
    long debugInterval() {
        return debugInterval;
    }

    int maxPacketSize() {
        return maxPacketSize;
    }

    /** How many successes decide a vote, 0 for a plurality. */
    public int votePolicy() {
        return votePolicy;
    }

    /** This member holds no state. */
    public boolean isStateless() {
        return stateless;
    }

    /** Present values by name. */
    SortedMap<String, String> texts() {
        return Collections.unmodifiableSortedMap(texts);
    }
}
