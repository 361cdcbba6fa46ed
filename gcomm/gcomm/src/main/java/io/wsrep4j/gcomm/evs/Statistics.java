package io.wsrep4j.gcomm.evs;

import io.wsrep4j.gcomm.evs.EvsMessage.Type;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;

/** Figures of this layer (docs/spec/gcomm-evs.md 17). Latencies and averages begin anew with every report period and view; counters never. */
final class Statistics {

    private static final double NANOS = 1e9;

    private final long[] sent = new long[Type.values().length];
    private long retransmitted;
    private long recovered;
    private long deliveredSafe;

    private final LatencyHistogram safeHistogram = new LatencyHistogram();
    private final LatencyHistogram causalHistogram = new LatencyHistogram();
    private long samples;
    private double mean;
    private double squares;
    private double min;
    private double max;
    private long queueSamples;
    private long queueSum;

    void sent(EvsMessage message) {
        // repeated messages and DELAYED_LIST are not counted
        if (!message.has(EvsMessage.RETRANS) || message.type() == Type.GAP) {
            sent[message.type().ordinal()]++;
        }
    }

    void retransmitted() {
        retransmitted++;
    }

    void recovered() {
        recovered++;
    }

    void queueLength(int length) {
        queueSamples++;
        queueSum += length;
    }

    /** A SAFE message was delivered; {@code latencyNanos} is negative for those of others. */
    void deliveredSafe(long latencyNanos) {
        deliveredSafe++;
        if (latencyNanos < 0) {
            return;
        }
        double seconds = latencyNanos / NANOS;
        safeHistogram.add(seconds);
        samples++;
        min = samples == 1 ? seconds : Math.min(min, seconds);
        max = samples == 1 ? seconds : Math.max(max, seconds);
        double delta = seconds - mean;
        mean += delta / samples;
        squares += delta * (seconds - mean);
    }

    void deliveredCausal(long latencyNanos) {
        causalHistogram.add(latencyNanos / NANOS);
    }

    /** Begins a window. */
    void reset() {
        safeHistogram.reset();
        causalHistogram.reset();
        samples = 0;
        mean = 0;
        squares = 0;
        min = 0;
        max = 0;
        queueSamples = 0;
        queueSum = 0;
    }

    String replicationLatency() {
        double deviation = samples == 0 ? 0 : Math.sqrt(squares / samples);
        return number(min) + "/" + number(mean) + "/" + number(max) + "/" + number(deviation) + "/" + samples;
    }

    /** Adds what is shown only on request (evs.info_log_mask, 4). */
    void addDetails(Map<String, String> status) {
        status.put("evs_safe_hs", safeHistogram.toString());
        status.put("evs_causal_hs", causalHistogram.toString());
        status.put("evs_outq_avg", queueSamples == 0 ? "nan" : number((double) queueSum / queueSamples));
        for (Type type : Type.values()) {
            if (type != Type.DELAYED_LIST) {
                status.put("evs_sent_" + type.name().toLowerCase(java.util.Locale.ROOT), "" + sent[type.ordinal()]);
            }
        }
        status.put("evs_retransmitted", "" + retransmitted);
        status.put("evs_recovered", "" + recovered);
        status.put("evs_deliv_safe", "" + deliveredSafe);
    }

    /** At most six significant digits; the exponent form for what is very small or large, with at least two digits of exponent. */
    static String number(double value) {
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value)
                .round(new MathContext(6, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < 6) {
            return rounded.toPlainString();
        }
        String digits = rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        return digits + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
