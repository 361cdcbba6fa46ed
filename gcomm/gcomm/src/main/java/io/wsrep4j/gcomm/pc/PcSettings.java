package io.wsrep4j.gcomm.pc;

import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionValues;
import java.util.Map;

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

    /** The settings of a node that sets nothing. */
    public static PcSettings defaults() {
        return read(Map.of());
    }

    /**
     * Reads the options at start.
     *
     * @param options texts by full name; other layers' names are ignored
     * @throws OptionException if a value is refused; the message names the key, the value and what is allowed
     */
    public static PcSettings read(Map<String, String> options) {
        OptionValues values = OptionValues.of(PcOptions.ALONE, options);
        return new PcSettings(
                values.flag("pc.ignore_quorum"),
                values.flag("pc.ignore_sb"),
                values.flag("pc.npvo"),
                values.flag("pc.checksum"),
                values.clockNanos("pc.announce_timeout"),
                values.clockNanos("pc.linger"),
                values.flag("pc.wait_prim"),
                values.clockNanos("pc.wait_prim_timeout"),
                values.smallInteger("pc.weight"),
                values.flag("pc.recovery"));
    }
}
