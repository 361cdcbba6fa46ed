package io.wsrep4j.gcomm.pc;

import io.wsrep4j.gcomm.options.Durations;
import io.wsrep4j.gcomm.options.OptionReader;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All pc.* options at start (docs/spec/gcomm-transport-pc.md 16). Immutable and always valid; times are nanoseconds.
 *
 * @param ignoreQuorum pc.ignore_quorum: go on as primary without quorum
 * @param ignoreSplitBrain pc.ignore_sb: go on as primary after a split into equal halves
 * @param newerViewOverrides pc.npvo: of two primary components that meet the newer survives
 * @param checksum pc.checksum: user messages carry a CRC-16 and it is verified
 * @param announceTimeout pc.announce_timeout: how long to look for others before going alone
 * @param linger pc.linger: longest wait for an orderly leave
 * @param waitPrimary pc.wait_prim: join returns only in a primary component
 * @param waitPrimaryTimeout pc.wait_prim_timeout: longest wait for it
 * @param weight pc.weight at start, 0 to 254
 * @param recovery pc.recovery: keep the primary view on disk and form it again after a crash of all members
 */
public record PcSettings(
        boolean ignoreQuorum,
        boolean ignoreSplitBrain,
        boolean newerViewOverrides,
        boolean checksum,
        long announceTimeout,
        long linger,
        boolean waitPrimary,
        long waitPrimaryTimeout,
        int weight,
        boolean recovery) {

    /** The largest weight that may be set at start. */
    public static final int MAXIMUM_START_WEIGHT = 254;

    /** The largest weight that may be set at run time. */
    public static final int MAXIMUM_WEIGHT = 255;

    static final String ALLOWED_WEIGHTS = "a whole number from 0 to ";

    private static final long SECOND = 1_000_000_000L;

    /** The settings of a node that sets nothing. */
    public static PcSettings defaults() {
        return read(Map.of());
    }

    /**
     * Reads the options at start.
     *
     * @param options texts by full name; other layers' names are ignored
     * @throws IllegalArgumentException if a value is refused; the message names the key, the value and what is allowed
     */
    public static PcSettings read(Map<String, String> options) {
        OptionReader in = new OptionReader(options);
        String version = options.get("pc.version");
        if (version != null) {
            in.integer("pc.version", 0, 0, PcCodec.MAXIMUM_VERSION);
        }
        return new PcSettings(
                in.bool("pc.ignore_quorum", false),
                in.bool("pc.ignore_sb", false),
                in.bool("pc.npvo", false),
                in.bool("pc.checksum", false),
                in.duration("pc.announce_timeout", 3 * SECOND, 0, Long.MAX_VALUE),
                in.duration("pc.linger", 20 * SECOND, 0, Long.MAX_VALUE),
                in.bool("pc.wait_prim", true),
                in.duration("pc.wait_prim_timeout", 30 * SECOND, 0, Long.MAX_VALUE),
                in.integer("pc.weight", 1, 0, MAXIMUM_START_WEIGHT),
                in.bool("pc.recovery", true));
    }

    /** Default values by option name, as text; null for pc.bootstrap, which has none. */
    public static SortedMap<String, String> defaultTexts() {
        SortedMap<String, String> texts = new TreeMap<>(defaults().texts());
        texts.put("pc.bootstrap", null);
        texts.put("pc.version", "0");
        return texts;
    }

    /** The values in canonical text form by option name, as the host's list of options shows them. */
    public SortedMap<String, String> texts() {
        SortedMap<String, String> texts = new TreeMap<>();
        texts.put("pc.ignore_quorum", Boolean.toString(ignoreQuorum));
        texts.put("pc.ignore_sb", Boolean.toString(ignoreSplitBrain));
        texts.put("pc.npvo", Boolean.toString(newerViewOverrides));
        texts.put("pc.checksum", Boolean.toString(checksum));
        texts.put("pc.announce_timeout", Durations.format(announceTimeout));
        texts.put("pc.linger", Durations.format(linger));
        texts.put("pc.wait_prim", Boolean.toString(waitPrimary));
        texts.put("pc.wait_prim_timeout", Durations.format(waitPrimaryTimeout));
        texts.put("pc.weight", Integer.toString(weight));
        texts.put("pc.recovery", Boolean.toString(recovery));
        return texts;
    }

    /**
     * Checks a run-time value for an option that is fixed while the node is connected: the present value, in any spelling, is accepted.
     *
     * @throws IllegalArgumentException for any other value
     */
    void refuseChange(String name, String value) {
        String present = "pc.version".equals(name) ? "0" : Objects.requireNonNull(texts().get(name), name);
        if (value.equals(present)) {
            return;
        }
        try {
            if (present.equals(read(Map.of(name, value)).texts().get(name))) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // refused below, for the better reason
        }
        throw OptionReader.refused(name, value, "only " + present + ": it is fixed while the node is connected");
    }
}
