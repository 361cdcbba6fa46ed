package io.wsrep4j.tests.benchmarks.certification;

import io.wsrep4j.api.GatheredWriteSet;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import io.wsrep4j.provider.writeset.WriteSetKind;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;

/** Seals what a host gathered (three-part keys and row data) into one buffer, and reads it back with all checksums. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class WriteSetBenchmark {

    private static final int KEYS = 10;
    private static final Uuid SOURCE = new Uuid(0x1111, 0x2222);

    /** Bytes of row data. */
    @Param({"200", "1048576"})
    private int data;

    private final WriteSetBuilder builder = new WriteSetBuilder(WriteSetFormat.ofProtocol(11, KeyFormat.FLAT8));
    private final WriteSetReader reader = new WriteSetReader();
    private final WriteSet writeSet = new WriteSet();
    private GatheredWriteSet gathered;
    private ByteBuffer sealed;
    private int length;

    /** Gathers keys and data as a host does. */
    @Setup
    public void gather() {
        ByteBuffer keys = ByteBuffer.allocateDirect(4096).order(ByteOrder.nativeOrder());
        for (int i = 0; i < KEYS; i++) {
            keys.put((byte) KeyType.EXCLUSIVE.ordinal()).put((byte) 3);
            for (String part : new String[] {"database", "a_table", "row" + i}) {
                keys.putInt(part.length()).put(part.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        ByteBuffer none = ByteBuffer.allocateDirect(0);
        ByteBuffer rows = ByteBuffer.allocateDirect(data);
        for (int i = 0; i < data; i++) {
            rows.put(i, (byte) (i * 31 >> 3));
        }
        gathered = new GatheredWriteSet(keys.flip(), KEYS, rows, none, none);
        sealed = ByteBuffer.allocateDirect(data + 4096);
        sealed();
    }

    /** From the host's buffers to a stamped write set. */
    @Benchmark
    public int sealed() {
        builder.clear();
        builder.append(gathered);
        builder.appendZeroLevelKey(WriteSetKind.TRANSACTION);
        length = builder.seal(sealed, 0, TransactionFlags.TRX_START | TransactionFlags.TRX_END, SOURCE, 1, 1);
        builder.stampForSending(sealed, 0, 1, 65535, 1);
        return length;
    }

    /** From received bytes to a readable write set. */
    @Benchmark
    public int read() throws CorruptWriteSetException {
        reader.read(writeSet, sealed, 0, length, 1, SOURCE);
        return writeSet.length();
    }

    /** Runs and prints the figures of issue 5. */
    public static void main(String[] arguments) throws Exception {
        for (RunResult result : JmhRun.of(WriteSetBenchmark.class, arguments)) {
            int data = Integer.parseInt(JmhRun.parameter(result, "data"));
            System.out.println(JmhRun.line(
                    "%-6s %7d bytes of rows, %d keys: %.0f write sets/s, %.2f GB/s of rows, %.1f bytes of garbage each",
                    result.getParams().getBenchmark().replaceAll(".*\\.", ""),
                    data,
                    KEYS,
                    JmhRun.score(result),
                    JmhRun.score(result) * data / 1e9,
                    JmhRun.garbage(result)));
        }
    }
}
