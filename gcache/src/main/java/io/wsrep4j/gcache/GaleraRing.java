package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.text.AsciiNumber;
import io.wsrep4j.gcache.file.MappedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The ring file of Galera's own library, read so that a node that changes over keeps its history (docs/spec/gcache.md 5, 8 and 23.4). Only one that
 * was closed cleanly is read: then the preamble says where the oldest record is, and nothing has to be guessed.
 */
final class GaleraRing {

    private static final int PREAMBLE = 1024;
    private static final int FIRST_RECORD = 1280;
    private static final int FRAME = 24;
    private static final int AT_SIZE = 16;
    private static final int AT_FLAGS = 20;
    private static final int AT_STORE = 22;
    private static final int AT_KIND = 23;
    private static final int FLAG_SKIP = 2;
    private static final int STORE_RING = 1;

    private final Uuid history;
    private final long oldest;

    private GaleraRing(Uuid history, long oldest) {
        this.history = history;
        this.oldest = oldest;
    }

    /** True if the file begins as theirs do. */
    static boolean isOne(Path path) throws IOException {
        return preamble(path).containsKey("Version");
    }

    /** One that can be read; null if it was not closed cleanly, is empty, or of another version. */
    static GaleraRing read(Path path) throws IOException {
        Map<String, String> preamble = preamble(path);
        try {
            Uuid history = Uuid.parse(preamble.getOrDefault("GID", ""));
            long oldest = AsciiNumber.parseLong(preamble.getOrDefault("offset", "-1"));
            boolean usable = "2".equals(preamble.get("Version"))
                    && "1".equals(preamble.get("synced"))
                    && !history.isUndefined()
                    && oldest >= FIRST_RECORD
                    && oldest % Long.BYTES == 0
                    && oldest < Files.size(path);
            return usable ? new GaleraRing(history, oldest) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    Uuid history() {
        return history;
    }

    /**
     * Adds its records to an empty table, by the addresses of their payloads.
     *
     * @return false if anything in the file is not as it must be
     */
    boolean addTo(SeqnoTable table, MappedFile file) {
        long end = file.length();
        long place = oldest;
        boolean wrapped = false;
        while (!wrapped || place < oldest) {
            long address = file.address() + place;
            long size = place + FRAME > end ? 0 : MEMORY.readInt(address + AT_SIZE) & 0xffff_ffffL;
            if (size == 0) {
                if (wrapped) {
                    break;
                }
                wrapped = true;
                place = FIRST_RECORD;
                continue;
            }
            if (!isPlausible(address, size, end - place) || !add(table, address, size)) {
                return false;
            }
            place += size;
        }
        keepNewestRun(table);
        return true;
    }

    private static boolean isPlausible(long address, long size, long room) {
        return size >= FRAME
                && size % Long.BYTES == 0
                && size <= room
                && size - FRAME <= WriteSetCache.MAXIMUM_LENGTH
                && MEMORY.readByte(address + AT_STORE) == STORE_RING
                && MEMORY.readLong(address) >= -1;
    }

    private static boolean add(SeqnoTable table, long address, long size) {
        long seqno = MEMORY.readLong(address);
        if (seqno <= 0) {
            return true;
        }
        int kind = MEMORY.readByte(address + AT_KIND);
        if (table.address(seqno) != 0 || !table.isNear(seqno) || WriteSetKind.of(kind) == null) {
            return false;
        }
        int flags = (MEMORY.readShort(address + AT_FLAGS) & FLAG_SKIP) != 0 ? RecordFrame.SKIP : 0;
        table.put(seqno, address + FRAME, 0, (int) size - FRAME, kind, flags);
        return true;
    }

    private static void keepNewestRun(SeqnoTable table) {
        long low = table.highest();
        while (low > table.lowest() && table.address(low - 1) != 0 && table.length(low - 1) > 0) {
            low--;
        }
        while (table.count() > 0 && table.lowest() < low) {
            table.remove(table.lowest());
        }
    }

    private static Map<String, String> preamble(Path path) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(PREAMBLE);
        }
        Map<String, String> values = new HashMap<>();
        for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\n")) {
            int colon = line.indexOf(':');
            if (line.isEmpty() || line.charAt(0) == 0) {
                break;
            }
            if (colon > 0 && !line.startsWith("#")) {
                values.put(
                        line.substring(0, colon).trim(),
                        line.substring(colon + 1).trim());
            }
        }
        return values;
    }
}
