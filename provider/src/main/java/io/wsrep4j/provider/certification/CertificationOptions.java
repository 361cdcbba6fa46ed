package io.wsrep4j.provider.certification;

import static io.wsrep4j.options.OptionSpec.option;

import io.wsrep4j.options.BooleanFormat;
import io.wsrep4j.options.LenientFormat;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionValues;
import io.wsrep4j.options.SizeFormat;
import io.wsrep4j.options.ValueFormat;

/**
 * The {@code cert.*} options (docs/spec/writeset-certification.md 8.14). Thread-safe: those that may change at run time are volatile.
 */
public final class CertificationOptions {

    /** {@code cert.max_length}: write sets that may lie between a transaction and what it has seen. */
    public static final int DEFAULT_MAX_LENGTH = 16384;

    /** {@code cert.length_check}: seqno mask that tells when the index is trimmed. */
    public static final int DEFAULT_LENGTH_CHECK = 127;

    /** {@code cert.max_index_size}: bytes of the index near which the group is held. */
    public static final long DEFAULT_MAX_INDEX_SIZE = 2L << 30;

    /** Least and greatest {@code cert.max_index_size}. */
    public static final long MIN_MAX_INDEX_SIZE = 1L << 20;

    public static final long MAX_MAX_INDEX_SIZE = 1L << 40;

    private static final ValueFormat<Boolean> YES_OR_NO = BooleanFormat.asGiven();
    private static final ValueFormat<Long> ANY_SIZE = new SizeFormat(Integer.MIN_VALUE, Integer.MAX_VALUE);

    /** All of them. */
    public static final OptionList LIST = OptionList.of(
            "certification",
            option("cert.log_conflicts", YES_OR_NO).initially("no").effective().help("log every conflict"),
            option("cert.optimistic_pa", YES_OR_NO)
                    .initially("yes")
                    .effective()
                    .help("apply in parallel whatever certification allows; no: only what the origin had not seen"),
            option("cert.max_length", LenientFormat.of(new SizeFormat(1, Integer.MAX_VALUE), ANY_SIZE, "1"))
                    .whenUnset(Integer.toString(DEFAULT_MAX_LENGTH))
                    .hidden()
                    .in("write sets")
                    .help("write sets that may lie between a transaction and what it has seen; equal on all nodes"),
            option(
                            "cert.length_check",
                            LenientFormat.of(
                                    new SizeFormat(0, Integer.MAX_VALUE),
                                    ANY_SIZE,
                                    Integer.toString(Integer.MAX_VALUE)))
                    .whenUnset(Integer.toString(DEFAULT_LENGTH_CHECK))
                    .hidden()
                    .help("bit mask of seqnos at which the index is trimmed; equal on all nodes"),
            // ours alone
            option("cert.max_index_size", new SizeFormat(MIN_MAX_INDEX_SIZE, MAX_MAX_INDEX_SIZE))
                    .whenUnset((DEFAULT_MAX_INDEX_SIZE >> 30) + "G")
                    .effective()
                    .in("bytes")
                    .help("size of the index near which the cluster is held"));

    private final int maxLength;
    private final int lengthCheck;
    private volatile boolean optimisticParallelApplying = true;
    private volatile boolean logConflicts;
    private volatile long maxIndexSize = DEFAULT_MAX_INDEX_SIZE;

    public CertificationOptions() {
        this(DEFAULT_MAX_LENGTH, DEFAULT_LENGTH_CHECK);
    }

    /** Both must be equal on all members of a group: other than the default values make this node decide differently from Galera's. */
    public CertificationOptions(int maxLength, int lengthCheck) {
        if (maxLength < 1) {
            throw new IllegalArgumentException("cert.max_length: " + maxLength + "; allowed: 1 and above");
        }
        if (lengthCheck < 0) {
            throw new IllegalArgumentException("cert.length_check: " + lengthCheck + "; allowed: 0 and above");
        }
        this.maxLength = maxLength;
        this.lengthCheck = lengthCheck;
    }

    /** What the options of a provider say. */
    public static CertificationOptions of(OptionValues options) {
        CertificationOptions certification = new CertificationOptions(
                options.smallInteger("cert.max_length"), options.smallInteger("cert.length_check"));
        certification.setMaxIndexSize(options.integer("cert.max_index_size"));
        certification.setLogConflicts(options.flag("cert.log_conflicts"));
        certification.setOptimisticParallelApplying(options.flag("cert.optimistic_pa"));
        return certification;
    }

    int maxLength() {
        return maxLength;
    }

    int lengthCheck() {
        return lengthCheck;
    }

    /** {@code cert.optimistic_pa}. */
    public boolean optimisticParallelApplying() {
        return optimisticParallelApplying;
    }

    /** {@code cert.optimistic_pa}: false makes write sets depend on everything their origin had seen. Local effect only. */
    public void setOptimisticParallelApplying(boolean on) {
        optimisticParallelApplying = on;
    }

    /** {@code cert.log_conflicts}. */
    public boolean logConflicts() {
        return logConflicts;
    }

    /** {@code cert.log_conflicts}: true logs each conflict at INFO. */
    public void setLogConflicts(boolean on) {
        logConflicts = on;
    }

    /** {@code cert.max_index_size}, bytes. */
    public long maxIndexSize() {
        return maxIndexSize;
    }

    /** {@code cert.max_index_size}: no member's verdicts depend on it. */
    public void setMaxIndexSize(long bytes) {
        if (bytes < MIN_MAX_INDEX_SIZE || bytes > MAX_MAX_INDEX_SIZE) {
            throw new IllegalArgumentException(
                    "cert.max_index_size: " + bytes + "; allowed: " + MIN_MAX_INDEX_SIZE + " to " + MAX_MAX_INDEX_SIZE);
        }
        maxIndexSize = bytes;
    }
}
