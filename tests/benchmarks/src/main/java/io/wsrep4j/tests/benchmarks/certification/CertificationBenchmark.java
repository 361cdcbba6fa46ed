package io.wsrep4j.tests.benchmarks.certification;

import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.provider.certification.CertificationIndex;
import io.wsrep4j.provider.certification.CertificationOptions;
import io.wsrep4j.provider.certification.OrderedWriteSet;
import io.wsrep4j.provider.certification.Verdict;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.slf4j.LoggerFactory;

/**
 * Certifies write sets of 1, 10 and 1,000 keys against an index that holds a million keys throughout: one key in four was used before, and
 * as many keys go by the commit cut as come. The whole way is measured, on one thread: stamping, reading with all checksums, testing,
 * entering, patching, leaving, purging.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class CertificationBenchmark {

    private static final int INDEX_KEYS = 1_000_000;
    private static final int POOL_KEYS = 1_500_000;
    private static final int RECENT_KEYS = 500_000;
    private static final int CUT_EVERY = 128;
    private static final Uuid SOURCE = new Uuid(0x1111, 0x2222);
    private static final int FLAGS = TransactionFlags.TRX_START | TransactionFlags.TRX_END;
    private static final int FLAGS_OFFSET = 4;

    /** Keys of a write set. */
    @Param({"1", "10", "1000"})
    private int keys;

    private final WriteSetReader reader = new WriteSetReader();
    private final WriteSetBuilder builder = new WriteSetBuilder(WriteSetFormat.ofProtocol(10, KeyFormat.FLAT8));
    private final Random random = new Random(5);
    private ByteBuffer pool;
    private int length;
    private int poolSize;
    private CertificationIndex index;
    private long seqno;

    /** Makes the write sets and fills the index. */
    @Setup
    public void fill() throws CorruptWriteSetException {
        poolSize = POOL_KEYS / keys;
        for (int i = 0; i < poolSize; i++) {
            seal(i);
        }
        // nothing but the commit cut may purge, or 1-key write sets would never be a million
        index = new CertificationIndex(
                new CertificationOptions(2 * INDEX_KEYS, 127), LoggerFactory.getLogger(CertificationBenchmark.class));
        index.start(0, 5);
        while (index.size() < INDEX_KEYS) {
            certifyNext();
        }
    }

    /** One key in four was used by one of the last write sets; a million keys later a new one may come again. */
    private void seal(int number) {
        builder.clear();
        ByteBuffer part = ByteBuffer.allocate(Integer.BYTES);
        for (int i = 0; i < keys; i++) {
            int name = number * keys + i;
            if (number > 0 && random.nextInt(4) == 0) {
                name -= 1 + random.nextInt(Math.min(name, RECENT_KEYS));
            }
            builder.appendKey(new Key(List.of(part.duplicate().putInt(0, name))), KeyType.EXCLUSIVE);
        }
        if (pool == null) {
            // the first has only different names, so none is longer
            length = (int) builder.sealedBytes();
            pool = ByteBuffer.allocateDirect(poolSize * length).order(ByteOrder.LITTLE_ENDIAN);
        }
        builder.seal(pool, number * length, FLAGS, SOURCE, 1, number);
    }

    /** What an iteration cost this thread, however busy the machine is with others. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Cost {
        /** CPU time of the thread, microseconds. */
        public long cpuMicros;
        /** Write sets certified. */
        public long writeSets;

        private long began;

        /** Begins to count. */
        @Setup(Level.Iteration)
        public void begin() {
            began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }

        /** Ends counting. */
        @TearDown(Level.Iteration)
        public void end() {
            cpuMicros = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began) / 1000;
        }
    }

    /** One write set: read with its checksums, certified, left; as many keys purged as came. */
    @Benchmark
    public Verdict certify(Cost cost) throws CorruptWriteSetException {
        cost.writeSets++;
        Verdict verdict = certifyNext();
        if (seqno % CUT_EVERY == 0 && index.size() > INDEX_KEYS) {
            index.commitCut(index.lowestSeqno() + (index.size() - INDEX_KEYS) / keys);
        }
        return verdict;
    }

    private Verdict certifyNext() throws CorruptWriteSetException {
        seqno++;
        int at = (int) (seqno % poolSize) * length;
        pool.putShort(at + FLAGS_OFFSET, (short) FLAGS);
        builder.stampForSending(pool, at, seqno - 1, 65535, seqno);
        OrderedWriteSet ordered = OrderedWriteSet.fromGroup(reader.read(pool, at, length, seqno, SOURCE), seqno);
        Verdict verdict = index.certify(ordered);
        index.left(ordered);
        return verdict;
    }

    /** Keys of the index while it grows, at the most. */
    private static final int GROWN_KEYS = 20_000_000;

    private static final int KEYS_AT_A_TIME = 1000;

    /** Fills an index that nobody purges, and prints what a key costs on the way, and the longest that one write set takes. */
    private static void grow() throws CorruptWriteSetException {
        CertificationIndex index = new CertificationIndex(
                new CertificationOptions(GROWN_KEYS, 127), LoggerFactory.getLogger(CertificationBenchmark.class));
        index.start(0, 5);
        WriteSetReader reader = new WriteSetReader();
        WriteSetBuilder builder = new WriteSetBuilder(WriteSetFormat.ofProtocol(10, KeyFormat.FLAT8));
        ByteBuffer part = ByteBuffer.allocate(Integer.BYTES);
        ByteBuffer memory = ByteBuffer.allocateDirect(16 * KEYS_AT_A_TIME).order(ByteOrder.LITTLE_ENDIAN);
        long spent = 0;
        long longest = 0;
        double most = 0;
        for (int seqno = 1; seqno <= GROWN_KEYS / KEYS_AT_A_TIME; seqno++) {
            builder.clear();
            for (int i = 0; i < KEYS_AT_A_TIME; i++) {
                builder.appendKey(
                        new Key(List.of(part.duplicate().putInt(0, seqno * KEYS_AT_A_TIME + i))), KeyType.EXCLUSIVE);
            }
            int length = builder.seal(memory, 0, FLAGS, SOURCE, 1, seqno);
            builder.stampForSending(memory, 0, seqno - 1, 65535, seqno);
            long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            OrderedWriteSet ordered = OrderedWriteSet.fromGroup(reader.read(memory, 0, length, seqno, SOURCE), seqno);
            index.certify(ordered);
            index.left(ordered);
            long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
            spent += took;
            longest = Math.max(longest, took);
            if (index.size() > INDEX_KEYS / 10) {
                most = Math.max(most, (double) index.memoryBytes() / index.size());
            }
            if (index.size() == INDEX_KEYS || index.size() == 5 * INDEX_KEYS || index.size() == GROWN_KEYS) {
                System.out.println(JmhRun.line(
                        "growing to %d keys: %.1f bytes a key, %.1f at most on the way, %.2f million keys per second of CPU"
                                + " time, longest write set of %d keys %.1f ms",
                        index.size(),
                        (double) index.memoryBytes() / index.size(),
                        most,
                        index.size() * 1e3 / spent,
                        KEYS_AT_A_TIME,
                        longest / 1e6));
            }
        }
    }

    /** Runs and prints the figures of issues 5 and 12. */
    public static void main(String[] arguments) throws Exception {
        grow();
        for (RunResult result : JmhRun.of(CertificationBenchmark.class, arguments)) {
            int keys = Integer.parseInt(JmhRun.parameter(result, "keys"));
            double cpuSeconds = JmhRun.secondary(result, "cpuMicros") / 1e6;
            double perCpuSecond = JmhRun.secondary(result, "writeSets") / cpuSeconds;
            System.out.println(JmhRun.line(
                    "write sets of %4d keys against %d keys: %.2f million keys per second of CPU time (%.2f of clock time),"
                            + " %.0f write sets, %.1f bytes of garbage each",
                    keys,
                    INDEX_KEYS,
                    perCpuSecond * keys / 1e6,
                    JmhRun.score(result) * keys / 1e6,
                    perCpuSecond,
                    JmhRun.garbage(result)));
        }
    }
}
