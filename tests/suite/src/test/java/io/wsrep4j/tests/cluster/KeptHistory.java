package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.gcache.CacheSettings;
import io.wsrep4j.gcache.HostCipher;
import io.wsrep4j.gcache.WriteSetCache;
import io.wsrep4j.gcache.WriteSetCursor;
import io.wsrep4j.gcache.WriteSetKind;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * What a server of either kind keeps of its group's history, read from its ring file after it has stopped: each seqno, whether it failed certification,
 * and the bytes as certification left them, the dependency in them.
 */
final class KeptHistory {

    private static final long RING = 64L << 20;
    private static final int RANGE = 6;
    private static final int CHECKSUM = 56;
    private static final int HEADER = 64;

    private final String name;
    private final String id;
    private final TreeMap<Long, Kept> events = new TreeMap<>();

    /** Without bytes if all skip it. */
    private record Kept(long seqno, WriteSetKind kind, boolean skipped, byte[] bytes) {

        long dependsOn() {
            return seqno
                    - Short.toUnsignedInt(ByteBuffer.wrap(bytes)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getShort(RANGE));
        }

        boolean isWriteSet() {
            return kind == WriteSetKind.WRITE_SET && !skipped;
        }

        boolean isLike(Kept other) {
            return skipped ? other.skipped : !other.skipped && kind == other.kind && Arrays.equals(bytes, other.bytes);
        }

        boolean isLikeButForTheDependency(Kept other) {
            return isWriteSet() && other.isWriteSet() && Arrays.equals(independent(), other.independent());
        }

        @Override
        public String toString() {
            return skipped ? "skipped" : kind + " of " + bytes.length + " bytes, depends on " + dependsOn();
        }

        private byte[] independent() {
            byte[] rest = bytes.clone();
            Arrays.fill(rest, RANGE, RANGE + Short.BYTES, (byte) 0);
            Arrays.fill(rest, CHECKSUM, HEADER, (byte) 0);
            return rest;
        }
    }

    /** What a comparison came across. */
    record Comparison(int events, int failed, int otherFloors) {}

    private KeptHistory(String name, String id) {
        this.name = name;
        this.id = id;
    }

    /** Reads a stopped server's ring; a copy of it, made in this directory, since whoever opens one may change it. */
    static KeptHistory of(MariaDbServer server, Path directory) throws IOException {
        Path copy = Files.createTempDirectory(directory, server.name());
        Files.copy(
                server.dataDirectory().resolve(CacheSettings.DEFAULT_NAME), copy.resolve(CacheSettings.DEFAULT_NAME));
        try (WriteSetCache cache = WriteSetCache.open(
                        CacheSettings.in(copy).ringSize(RING).recover(true).build(), HostCipher.NONE);
                WriteSetCursor cursor = cache.newCursor()) {
            KeptHistory history = new KeptHistory(server.name(), cache.history().toString());
            for (long seqno = cache.oldest(); seqno <= cache.newest(); seqno++) {
                assertThat(cursor.seek(seqno))
                        .as("%s has seqno %d", server.name(), seqno)
                        .isTrue();
                history.events.put(seqno, read(cursor));
            }
            return history;
        }
    }

    private static Kept read(WriteSetCursor cursor) {
        boolean skipped = cursor.isSkipped();
        byte[] bytes = new byte[skipped ? 0 : cursor.bytes().remaining()];
        if (!skipped) {
            cursor.bytes().duplicate().get(bytes);
        }
        return new Kept(cursor.seqno(), cursor.kind(), skipped, bytes);
    }

    /**
     * Demands that both keep the same of every seqno that both have: the same verdict, the same bytes, and the same dependency, except that one may have
     * purged its index a moment before the other at the same commit cut (docs/spec/writeset-certification.md 8.6). Its dependencies are then higher
     * where they would be below what was purged; and as nothing comes back, none of its later ones may be lower than that.
     *
     * @param from the first seqno that is compared
     */
    Comparison compare(KeptHistory other, long from) {
        assertThat(id).as("history of %s and %s", name, other.name).isEqualTo(other.id);
        int compared = 0;
        int failed = 0;
        int floors = 0;
        long floor = -1;
        long otherFloor = -1;
        for (Kept own : events.tailMap(from).values()) {
            Kept others = other.events.get(own.seqno);
            if (others == null) {
                continue;
            }
            compared++;
            failed += own.skipped ? 1 : 0;
            if (!own.isLike(others)) {
                assertThat(own.isLikeButForTheDependency(others))
                        .as("seqno %d: %s has %s, %s has %s", own.seqno, name, own, other.name, others)
                        .isTrue();
                floors++;
                floor = own.dependsOn() > others.dependsOn() ? own.dependsOn() : floor;
                otherFloor = others.dependsOn() > own.dependsOn() ? others.dependsOn() : otherFloor;
            }
            assertNotBelow(floor, own, name);
            assertNotBelow(otherFloor, others, other.name);
        }
        return new Comparison(compared, failed, floors);
    }

    private static void assertNotBelow(long floor, Kept kept, String where) {
        if (kept.isWriteSet()) {
            assertThat(kept.dependsOn())
                    .as("what seqno %d depends on at %s, which had purged up to %d", kept.seqno, where, floor)
                    .isGreaterThanOrEqualTo(floor);
        }
    }
}
