package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.EncryptContext;
import io.wsrep4j.api.EncryptDirection;
import io.wsrep4j.api.Uuid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encryption at rest with a host that uses AES, padding included (docs/spec/gcache.md 12). */
final class EncryptionTest {

    private static final Uuid HISTORY = new Uuid(1, 2);
    private static final byte[] SECRET =
            "a secret that must never be seen on the disk".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    private int calls;

    private WriteSetCache open(UnaryOperator<CacheSettings.Builder> options) {
        CacheSettings.Builder builder = CacheSettings.in(directory)
                .ringSize(256 << 10)
                .pageSize(1 << 20)
                .encryption(true)
                .encryptionCachePageSize(4096)
                .encryptionCacheSize(2 * 4096);
        return WriteSetCache.open(options.apply(builder).build(), this::aes);
    }

    private WriteSetCache open(String masterKey) {
        WriteSetCache cache = open(options -> options);
        cache.dynamic().encryptionKey(key(masterKey));
        return cache;
    }

    private static ByteBuffer key(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private synchronized int aes(
            EncryptContext context, ByteBuffer input, ByteBuffer output, EncryptDirection direction, boolean last) {
        assertThat(last).isTrue();
        assertThat(input.isDirect() && output.isDirect()).isTrue();
        calls++;
        byte[] key = new byte[16];
        for (int i = 0; i < context.key().remaining(); i++) {
            key[i % 16] ^= (byte) (context.key().get(i) + i);
        }
        byte[] iv = new byte[16];
        context.iv().get(0, iv);
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            int mode = direction == EncryptDirection.ENCRYPT ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
            cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
            return cipher.doFinal(input, output);
        } catch (GeneralSecurityException e) {
            return -1;
        }
    }

    private static void appendSecret(WriteSetCache cache, long seqno) {
        WriteSetBuffer buffer = cache.newBuffer();
        buffer.reserve(SECRET.length);
        buffer.put(0, ByteBuffer.wrap(SECRET));
        buffer.publish(seqno, WriteSetKind.WRITE_SET, false);
    }

    private boolean onDisk(byte[] wanted) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                byte[] bytes = Files.readAllBytes(file);
                for (int at = 0; at + wanted.length <= bytes.length; at++) {
                    if (bytes[at] == wanted[0]
                            && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    @Test
    void whatIsCachedIsReadableHereAndNotOnTheDisk() throws IOException {
        try (WriteSetCache cache = open("master")) {
            cache.reset(HISTORY, 0);
            appendSecret(cache, 1);
            Payload.append(cache, 2, 200_000);
            assertThat(cache.statistics().pageCount()).isEqualTo(1);
            try (WriteSetCursor cursor = cache.newCursor()) {
                assertThat(cursor.seek(1)).isTrue();
                assertThat(Payload.read(cursor)).isEqualTo(SECRET);
                assertThat(onDisk(SECRET)).isFalse();
                assertThat(onDisk(Arrays.copyOf(Payload.of(2, 200_000), 100))).isFalse();
                assertThat(cursor.next()).isTrue();
                assertThat(Payload.read(cursor)).isEqualTo(Payload.of(2, 200_000));
            }
        }
        assertThat(onDisk(SECRET)).isFalse();
    }

    @Test
    void thePlainTestOfThisTestSeesPlainBytes() throws IOException {
        try (WriteSetCache cache = open(options -> options.encryption(false))) {
            cache.reset(HISTORY, 0);
            appendSecret(cache, 1);
            assertThat(onDisk(SECRET)).isTrue();
            assertThat(calls).isZero();
            assertThatThrownBy(() -> cache.dynamic().encryptionKey(key("master")))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("gcache.encryption is off");
        }
    }

    @Test
    void aReleasedWriteSetIsDecryptedAgainAndPlainCopiesStayWithinTheirLimit() {
        try (WriteSetCache cache = open("master");
                WriteSetCursor cursor = cache.newCursor()) {
            cache.reset(HISTORY, 0);
            for (int seqno = 1; seqno <= 500; seqno++) {
                Payload.append(cache, seqno, 1000);
                assertThat(cache.statistics().plaintextUsed())
                        .as("with one that is not released")
                        .isGreaterThanOrEqualTo(1000);
                cache.release(seqno);
                assertThat(cache.statistics().plaintextUsed()).isLessThanOrEqualTo(2 * 4096);
            }
            int before = calls;
            Payload.assertWhole(cache, cache.oldest(), 500);
            assertThat(calls).isGreaterThan(before + 100);
            assertThat(cursor.seek(cache.oldest())).isTrue();
            byte[] first = Payload.read(cursor);
            Payload.assertWhole(cache, cache.oldest(), 500);
            assertThat(Payload.read(cursor)).as("a cursor keeps its copy").isEqualTo(first);
            assertThat(cache.statistics().plaintextUsed()).isLessThanOrEqualTo(2 * 4096);
        }
    }

    @Test
    void itIsThereAfterARestartAndAfterTheMasterKeyWasRotated() {
        try (WriteSetCache cache = open("master")) {
            cache.reset(HISTORY, 0);
            Payload.append(cache, 1, 1000);
            cache.dynamic().encryptionKey(key("rotated once"));
            Payload.append(cache, 2, 1000);
            cache.dynamic().encryptionKey(key("rotated twice"));
            Payload.assertWhole(cache, 1, 2);
        }
        try (WriteSetCache cache = open("rotated twice")) {
            assertThat(cache.newest()).isEqualTo(2);
            Payload.assertWhole(cache, 1, 2);
            Payload.append(cache, 3, 1000);
        }
        try (WriteSetCache cache = open(options -> options.ringSize(512 << 10))) {
            cache.dynamic().encryptionKey(key("rotated twice"));
            Payload.assertWhole(cache, 1, 3);
        }
    }

    @Test
    void withAnotherMasterKeyTheHistoryIsDiscardedNotMisread() {
        try (WriteSetCache cache = open("master")) {
            cache.reset(HISTORY, 0);
            Payload.append(cache, 1, 1000);
        }
        try (WriteSetCache cache = open("wrong")) {
            assertThat(cache.newest()).isEqualTo(-1);
            Payload.append(cache, 1, 500);
            Payload.assertWhole(cache, 1, 1);
        }
        try (WriteSetCache cache = open("wrong")) {
            Payload.assertWhole(cache, 1, 1);
        }
    }

    @Test
    void withoutAKeyNothingIsCachedInTheClear() {
        try (WriteSetCache cache = open(options -> options)) {
            WriteSetBuffer buffer = cache.newBuffer();
            assertThatThrownBy(() -> buffer.reserve(100))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("no key");
        }
        try (WriteSetCache cache = WriteSetCache.open(
                CacheSettings.in(directory).ringSize(256 << 10).encryption(true).build(), HostCipher.NONE)) {
            assertThatThrownBy(() -> cache.dynamic().encryptionKey(key("master")))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("encryption gave -1");
        }
    }

    @Test
    void switchingEncryptionOnOrOffStartsEmptyInANewFile() throws IOException {
        try (WriteSetCache cache = open(options -> options.encryption(false))) {
            cache.reset(HISTORY, 0);
            appendSecret(cache, 1);
        }
        try (WriteSetCache cache = open("master")) {
            assertThat(cache.newest()).isEqualTo(-1);
            assertThat(onDisk(SECRET)).as("the plain file is gone").isFalse();
            appendSecret(cache, 2);
        }
        try (WriteSetCache cache = open(options -> options.encryption(false))) {
            assertThat(cache.newest()).isEqualTo(-1);
        }
    }

    @Test
    void buffersInUseReclaimedDiscardedAndSkippedWorkAsInTheClear() {
        try (WriteSetCache cache = open("master")) {
            cache.reset(HISTORY, 0);
            WriteSetBuffer buffer = cache.newBuffer();
            Payload.reserveAndFill(buffer, 1, 1000);
            buffer.publish(1, WriteSetKind.CONFIGURATION_CHANGE, false);
            assertThat(Payload.read(buffer)).isEqualTo(Payload.of(1, 1000));
            buffer.reserve(50);
            buffer.discard();
            for (int seqno = 2; seqno <= 100; seqno++) {
                Payload.appendReleased(cache, seqno, 1000);
            }
            cache.skip(1, WriteSetKind.CONFIGURATION_CHANGE);
            assertThat(buffer.reclaim(1)).isTrue();
            for (int seqno = 101; seqno <= 400; seqno++) {
                Payload.append(cache, seqno, 1000);
            }
            assertThat(Payload.read(buffer)).isEqualTo(Payload.of(1, 1000));
            try (WriteSetCursor cursor = cache.newCursor()) {
                assertThat(cursor.seek(1)).isTrue();
                assertThat(cursor.isSkipped()).isTrue();
            }
            assertThat(cache.statistics().plaintextUsed())
                    .as("300 that are not released")
                    .isGreaterThanOrEqualTo(300 * 1000);
            cache.release(400);
            assertThat(cache.statistics().plaintextUsed()).isLessThanOrEqualTo(2 * 4096);
        }
    }
}
