package io.wsrep4j.provider.certification;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.slf4j.LoggerFactory;

/** The index and the plain model give the same verdicts, dependencies and sizes for random histories with purges, views and preloads. */
class CertificationAgainstModelTest {

    private static final int WRITE_SETS = 400;
    private static final Uuid[] SOURCES = {TestWriteSets.A, TestWriteSets.B, TestWriteSets.C};

    @Property(tries = 150)
    void theyAgree(@ForAll long seed, @ForAll boolean wide, @ForAll boolean manyKeys) {
        Random random = new Random(seed);
        int version = 5 + random.nextInt(2);
        KeyFormat format = wide ? KeyFormat.FLAT16A : KeyFormat.FLAT8;
        CertificationModel model = new CertificationModel(version, 100);
        CertificationIndex index = new CertificationIndex(new CertificationOptions(), LoggerFactory.getLogger("model"));
        index.start(100, version);
        List<OrderedWriteSet> pending = new ArrayList<>();
        int preloaded = random.nextInt(20);
        long seqno = 100;
        for (int i = 0; i < WRITE_SETS; i++) {
            seqno += random.nextInt(10) == 0 ? 1 + random.nextInt(5) : 1;
            if (i < preloaded && random.nextInt(4) == 0) {
                index.skip(seqno);
                model.skip(seqno);
            } else if (i >= preloaded && random.nextInt(40) == 0) {
                index.adjust(seqno, version, Set.of(SOURCES));
                model.view(seqno);
            } else {
                OrderedWriteSet ordered = next(random, seqno, i < preloaded, version, format, manyKeys ? 2000 : 6);
                CertificationModel.Outcome expected = model.append(ordered.writeSet(), seqno, i < preloaded);
                Verdict verdict = index.certify(ordered);
                assertThat(verdict == Verdict.PASSED).as("verdict of %d", seqno).isEqualTo(expected.passed());
                assertThat(ordered.dependsOn()).as("dependency of %d", seqno).isEqualTo(expected.depends());
                if (i >= preloaded) {
                    pending.add(ordered);
                }
            }
            settle(random, index, model, pending, seqno);
            assertThat(index.size()).as("size after %d", seqno).isEqualTo(model.size());
        }
    }

    private static void settle(
            Random random,
            CertificationIndex index,
            CertificationModel model,
            List<OrderedWriteSet> pending,
            long seqno) {
        while (!pending.isEmpty() && random.nextInt(10) < 7) {
            OrderedWriteSet left = pending.remove(random.nextInt(Math.min(5, pending.size())));
            index.left(left);
            model.left(left.seqno());
        }
        if (random.nextInt(25) == 0) {
            long cut = seqno - random.nextInt(40);
            index.commitCut(cut);
            model.cut(cut);
        }
    }

    private static OrderedWriteSet next(
            Random random, long seqno, boolean preload, int version, KeyFormat format, int names) {
        TestWriteSets making = new TestWriteSets(4 + random.nextInt(version - 3), format);
        if (random.nextInt(60) == 0) {
            making = new TestWriteSets(6, format);
        }
        int count = random.nextInt(names > 10 ? 60 : 5);
        for (int i = 0; i < count; i++) {
            String[] parts = new String[1 + random.nextInt(3)];
            for (int part = 0; part < parts.length; part++) {
                parts[part] = String.valueOf(random.nextInt(part == 0 ? 3 : names));
            }
            making.key(KeyType.values()[random.nextInt(4)], parts);
        }
        int[] kinds = {
            TestWriteSets.WHOLE,
            TestWriteSets.WHOLE,
            TestWriteSets.WHOLE,
            TestWriteSets.WHOLE,
            TransactionFlags.TRX_START,
            0,
            TransactionFlags.TRX_END | TransactionFlags.PA_UNSAFE,
            TransactionFlags.ROLLBACK | TransactionFlags.PA_UNSAFE,
            TestWriteSets.WHOLE | TransactionFlags.ISOLATION,
            TestWriteSets.WHOLE | TransactionFlags.IMPLICIT_DEPS,
            TestWriteSets.WHOLE | TransactionFlags.PA_UNSAFE
        };
        making.flags(kinds[random.nextInt(kinds.length)]);
        making.range(random.nextInt(3) == 0 ? random.nextInt(10) : 65535);
        Uuid source = SOURCES[random.nextInt(SOURCES.length)];
        WriteSet writeSet = making.from(source, seqno - 1 - random.nextInt(12));
        if (preload) {
            writeSet.stampCertified(seqno, seqno - 1 - random.nextInt(20), new MurmurHash128());
            return OrderedWriteSet.fromHistory(writeSet);
        }
        return OrderedWriteSet.fromGroup(writeSet, seqno);
    }
}
