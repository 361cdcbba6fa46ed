package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.hash.MurmurHash128;
import java.nio.ByteBuffer;

/**
 * The key set of a write set that is being made: which records a sequence of keys leaves, duplicates dropped and weaker types upgraded
 * (docs/spec/writeset-certification.md 6.5). Its outcome equals Galera's byte for byte. Reusable, not thread-safe.
 */
final class KeyGathering {

    private static final int MAX_RECORD = 4096;
    private static final int MAX_ANNOTATED_PART = 255;

    private final KeyFormat format;
    private final int annotationAlignment;
    private final int[] prefixes = new int[KeyType.values().length];
    private final int exclusive;
    private final int branch;
    private final boolean sharedBranch;

    private final MurmurHash128 hash;
    private final PartIndex seen;
    private KeyPath path = new KeyPath();
    private KeyPath candidate = new KeyPath();

    private final KeyRecordBytes records = new KeyRecordBytes();
    private int count;

    KeyGathering(WriteSetFormat writeSetFormat, MurmurHash128 hash) {
        this.hash = hash;
        format = writeSetFormat.keyFormat();
        annotationAlignment = writeSetFormat.alignment();
        for (KeyType type : KeyType.values()) {
            prefixes[type.ordinal()] = KeyPrefix.of(writeSetFormat.writeSetVersion(), type);
        }
        exclusive = prefixes[KeyType.EXCLUSIVE.ordinal()];
        branch = prefixes[writeSetFormat.branchType().ordinal()];
        sharedBranch = writeSetFormat.branchType() == KeyType.SHARED;
        seen = new PartIndex(format.wide());
    }

    void clear() {
        seen.clear();
        path.clear();
        records.clear();
        count = 0;
    }

    /** Number of records stored. */
    int count() {
        return count;
    }

    /** Bytes of the records stored. */
    long recordBytes() {
        return records.bytes();
    }

    /** Copies the records to an absolute position. */
    void copyTo(ByteBuffer out, int at) {
        records.copyTo(out, at);
    }

    /** An empty key; fill it with parts, then {@link #append} it. */
    KeyPath newKey() {
        candidate.clear();
        return candidate;
    }

    /** Stores what the key given by {@link #newKey} adds to those before. */
    void append(KeyType type) {
        KeyPath key = candidate;
        int parts = key.size();
        int leaf = prefixes[type.ordinal()];
        int known = key.commonParts(path);
        if (known > 0) {
            int current = seen.prefix(path.entry(known - 1));
            boolean governs = known == path.size() || sharedBranch;
            if (current == exclusive || governs && current > Math.max(leaf, branch)) {
                return;
            }
            if (known == parts) {
                if (current == leaf) {
                    return;
                }
                known--;
            }
            key.takeEntries(path, known);
        }
        if (storeParts(key, known, leaf)) {
            candidate = path;
            path = key;
        }
    }

    /** Stores parts from {@code from} on; false if the key ended early, as a duplicate or under a stronger parent. */
    private boolean storeParts(KeyPath key, int from, int leaf) {
        hash.restart();
        int hashed = 0;
        int last = key.size() - 1;
        for (int part = from; part <= last; part++) {
            int end = key.end(part);
            int whole = end & -MurmurHash128.BLOCK;
            hash.blocks(key.bytes(), hashed, whole - hashed);
            hashed = whole;
            hash.finish(key.bytes(), whole, end - whole);

            long low = hash.low() >>> KeyCursor.DIGEST_SHIFT;
            int prefix = part == last ? leaf : branch;
            int entry = seen.find(low, hash.high());
            if (entry == PartIndex.ABSENT) {
                entry = seen.add(low, hash.high(), prefix);
                store(key, part, prefix);
            } else if (seen.prefix(entry) < prefix) {
                store(key, part, prefix);
                seen.strengthen(entry, prefix);
            } else if (part == last || seen.prefix(entry) > prefix) {
                return false;
            }
            key.setEntry(part, entry);
        }
        return true;
    }

    private void store(KeyPath key, int part, int prefix) {
        int at = records.room(format.annotated() ? MAX_RECORD : format.hashBytes());
        ByteBuffer memory = records.memory();
        long head = hash.low() & -1L << KeyCursor.DIGEST_SHIFT;
        WriteSetHeader.setLong(memory, at, head | (long) format.ordinal() << KeyCursor.FORMAT_SHIFT | prefix);
        if (format.wide()) {
            WriteSetHeader.setLong(memory, at + Long.BYTES, hash.high());
        }
        int length = format.hashBytes();
        if (format.annotated()) {
            length += annotate(memory, at + length, key, part);
        }
        records.advance(length);
        count++;
    }

    /** @return bytes written */
    private int annotate(ByteBuffer memory, int start, KeyPath key, int lastPart) {
        long wanted = Short.BYTES;
        for (int part = 0; part <= lastPart; part++) {
            wanted += 1 + Math.min(key.partLength(part), MAX_ANNOTATED_PART);
        }
        wanted = wanted + annotationAlignment - 1 & -annotationAlignment;
        int size = (int) Math.min(wanted, MAX_RECORD - format.hashBytes());
        int end = start + size;
        WriteSetHeader.setShort(memory, start, size);
        int at = start + Short.BYTES;
        for (int part = 0; part <= lastPart && at < end; part++) {
            int length = Math.min(Math.min(key.partLength(part), MAX_ANNOTATED_PART), end - at - 1);
            memory.put(at++, (byte) length);
            memory.put(at, key.bytes(), key.partStart(part), length);
            at += length;
        }
        while (at < end) {
            memory.put(at++, (byte) 0);
        }
        return size;
    }
}
