package io.wsrep4j.api;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Keys and data of a transaction gathered outside Java and handed over in one call, so that the hot path pays one crossing
 * (docs/spec/jvm-in-host.md 6).
 *
 * <p>Keys are records, one after another, in the machine's byte order without padding: one byte {@link KeyType} ordinal, one byte number of
 * parts n (1 to 255; 0 for the key that matches every transaction), then n times a 4-byte unsigned length and that many bytes. Data is
 * what the host appended, concatenated by {@link DataType}. The buffers stay as they are until {@link
 * Provider#certify} of the transaction returns, which must follow.
 *
 * @param keys key records, perhaps empty
 * @param keyCount number of records in {@code keys}
 * @param ordered ordered data, perhaps empty
 * @param unordered unordered items: each a 4-byte unsigned length in the machine's byte order and that many bytes; perhaps empty
 * @param annotation annotation text, perhaps empty
 */
public record GatheredWriteSet(
        ByteBuffer keys, int keyCount, ByteBuffer ordered, ByteBuffer unordered, ByteBuffer annotation) {

    public GatheredWriteSet {
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(ordered, "ordered");
        Objects.requireNonNull(unordered, "unordered");
        Objects.requireNonNull(annotation, "annotation");
    }
}
