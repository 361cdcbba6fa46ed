package io.wsrep4j.gcache;

import com.sun.jna.Pointer;
import io.wsrep4j.api.EncryptContext;
import io.wsrep4j.api.EncryptDirection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Seals records with a file key, through the host's cipher (docs/spec/gcache.md 12). The file key is random, made once for each ring's file, and
 * stands in its header only encrypted with the host's master key: a new master key re-encrypts the file key and nothing else.
 *
 * <p>A sealed payload: 32 bytes IV, i32 plain length, i32 encrypted length, encrypted bytes, rest unused.
 *
 * <p>{@link #masterKey} under the cache's mutex; sealing and opening by any thread, after a key is there.
 */
final class Encryption {

    /** What the host's cipher may add to a piece, in bytes: padding, a tag. */
    private static final int SLACK = PlainCopies.ROOM;

    private static final int PLAIN_LENGTH = EncryptContext.IV_BYTES;
    private static final int SEALED_LENGTH = PLAIN_LENGTH + Integer.BYTES;
    private static final int PREFIX = SEALED_LENGTH + Integer.BYTES;

    private static final int KEY_BYTES = 32;
    /** Behind the file key when it is encrypted: tells the right master key from a wrong one. */
    private static final byte[] PROOF = "wsrep4j file key".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final HostCipher cipher;
    private final RingKeySlots slots;
    private final SecureRandom random = new SecureRandom();
    private volatile byte[] fileKey;

    /** @param slots where the file key is kept; null without a ring */
    Encryption(HostCipher cipher, RingKeySlots slots) {
        this.cipher = cipher;
        this.slots = slots;
    }

    void requireKey() {
        if (fileKey == null) {
            throw new CacheException("gcache.encryption is on, but the host has given no key yet");
        }
    }

    /**
     * Takes a master key into use: unlocks the file key with it, or locks a known or new one.
     *
     * @return false if the file key was locked with another master key: what was cached before cannot be read, a new file key is in use
     */
    boolean masterKey(ByteBuffer key) {
        byte[] master = new byte[key.remaining()];
        key.duplicate().get(master);
        byte[] stored = slots == null ? null : slots.newest();
        boolean readable = true;
        if (fileKey == null && stored != null) {
            byte[] opened = unlock(stored, master);
            readable = opened != null;
            if (readable) {
                fileKey = opened;
                return true;
            }
        }
        byte[] toLock = fileKey;
        if (toLock == null) {
            toLock = new byte[KEY_BYTES];
            random.nextBytes(toLock);
        }
        byte[] locked = lock(toLock, master);
        if (slots != null) {
            slots.add(locked);
        }
        fileKey = toLock;
        return readable;
    }

    private byte[] lock(byte[] key, byte[] master) {
        byte[] plain = Arrays.copyOf(key, KEY_BYTES + PROOF.length);
        System.arraycopy(PROOF, 0, plain, KEY_BYTES, PROOF.length);
        byte[] sealed = new byte[PREFIX + plain.length + SLACK];
        ByteBuffer target = direct(sealed.length);
        seal(direct(plain), target, master);
        target.get(0, sealed);
        return sealed;
    }

    private byte[] unlock(byte[] sealed, byte[] master) {
        ByteBuffer plain = direct(KEY_BYTES + PROOF.length + SLACK);
        try {
            open(direct(sealed), plain, KEY_BYTES + PROOF.length, master);
        } catch (CacheException e) {
            return null;
        }
        byte[] bytes = new byte[plain.capacity()];
        plain.get(0, bytes);
        boolean proven = Arrays.equals(bytes, KEY_BYTES, KEY_BYTES + PROOF.length, PROOF, 0, PROOF.length);
        return proven ? Arrays.copyOf(bytes, KEY_BYTES) : null;
    }

    /** Bytes that a payload takes when sealed. */
    static int sealedLength(int length) {
        return Math.addExact(length, PREFIX + SLACK);
    }

    /** Length of the payload that is in a sealed one of this length. */
    static int plainLength(int sealedLength) {
        return sealedLength - PREFIX - SLACK;
    }

    /** Encrypts a payload into a sealed one, {@link #sealedLength} bytes long. */
    void seal(long plain, int length, long sealed) {
        seal(view(plain, length), view(sealed, sealedLength(length)), fileKey);
    }

    /** Decrypts a sealed payload. */
    void open(long sealed, int sealedLength, PlainCopies.Copy plain) {
        requireKey();
        open(view(sealed, sealedLength), view(plain.address(), plain.length() + SLACK), plain.length(), fileKey);
    }

    private void seal(ByteBuffer plain, ByteBuffer sealed, byte[] key) {
        byte[] iv = new byte[EncryptContext.IV_BYTES];
        random.nextBytes(iv);
        sealed.put(0, iv);
        sealed.putInt(PLAIN_LENGTH, plain.remaining());
        ByteBuffer output = sealed.duplicate().position(PREFIX);
        int written = cipher.encrypt(
                new EncryptContext(direct(key), direct(iv)), plain, output, EncryptDirection.ENCRYPT, true);
        if (written < plain.limit() || written > sealed.limit() - PREFIX) {
            throw new CacheException("the host's encryption gave " + written + " for " + plain.limit()
                    + " bytes; a write set cannot be cached in the clear while gcache.encryption is on");
        }
        sealed.putInt(SEALED_LENGTH, written);
    }

    private void open(ByteBuffer sealed, ByteBuffer plain, int wanted, byte[] key) {
        byte[] iv = new byte[EncryptContext.IV_BYTES];
        sealed.get(0, iv);
        int length = sealed.getInt(SEALED_LENGTH);
        if (length < 0 || length > sealed.limit() - PREFIX || sealed.getInt(PLAIN_LENGTH) != wanted) {
            throw new CacheException(
                    "an encrypted record names impossible lengths: " + length + " in " + sealed.limit());
        }
        ByteBuffer input = sealed.slice(PREFIX, length);
        int written = cipher.encrypt(
                new EncryptContext(direct(key), direct(iv)), input, plain, EncryptDirection.DECRYPT, true);
        if (written != wanted) {
            throw new CacheException(
                    "the host's decryption gave " + written + " for a write set of " + wanted + " bytes");
        }
    }

    private static ByteBuffer view(long address, int length) {
        return new Pointer(address).getByteBuffer(0, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer direct(byte[] bytes) {
        return direct(bytes.length).put(0, bytes);
    }
}
