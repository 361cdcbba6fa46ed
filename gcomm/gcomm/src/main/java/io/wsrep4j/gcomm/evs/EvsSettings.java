package io.wsrep4j.gcomm.evs;

import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionValues;
import java.util.Map;

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
 * @param values what all these were read from; never changed
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
        int infoLogMask,
        OptionValues values) {

    /** Bit of {@link #infoLogMask}: log views. */
    public static final int INFO_VIEWS = 0x1;

    /** Bit of {@link #infoLogMask}: log state changes. */
    public static final int INFO_STATE = 0x2;

    /** Bit of {@link #infoLogMask}: show histograms and counters in the status. */
    public static final int INFO_STATISTICS = 0x4;

    static final int MAXIMUM_VERSION = 1;

    /** The settings of a node that sets nothing. */
    public static EvsSettings defaults() {
        return read(Map.of());
    }

    /**
     * Reads the options at start.
     *
     * @param options texts by full name; other layers' names are ignored
     * @throws OptionException if a value is refused; the message names the key, the value and what is allowed
     */
    public static EvsSettings read(Map<String, String> options) {
        return of(EvsOptions.read(options));
    }

    private static EvsSettings of(OptionValues values) {
        return new EvsSettings(
                values.smallInteger("evs.version"),
                values.clockNanos("evs.view_forget_timeout"),
                values.clockNanos("evs.suspect_timeout"),
                values.clockNanos("evs.inactive_timeout"),
                values.clockNanos("evs.inactive_check_period"),
                values.clockNanos("evs.keepalive_period"),
                values.clockNanos("evs.join_retrans_period"),
                values.clockNanos("evs.install_timeout"),
                values.clockNanos("evs.stats_report_period"),
                values.clockNanos("evs.causal_keepalive_period"),
                values.smallInteger("evs.send_window"),
                values.smallInteger("evs.user_send_window"),
                values.flag("evs.use_aggregate"),
                values.smallInteger("evs.max_install_timeouts"),
                values.clockNanos("evs.delay_margin"),
                values.clockNanos("evs.delayed_keep_period"),
                values.integer("evs.auto_evict"),
                (int) values.integer("evs.debug_log_mask"),
                (int) values.integer("evs.info_log_mask"),
                values);
    }

    /**
     * These settings with one option changed at run time.
     *
     * @throws OptionException if the option is unknown or fixed at run time, or the value is refused
     */
    public EvsSettings with(String name, String value) {
        OptionValues changed = values.copy();
        changed.examine(name, value).ifPresent(changed::apply);
        return of(changed);
    }
}
