package io.wsrep4j.sst;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a joiner and its donor know and nobody else does: 32 random bytes that travel with the request, through the group, and never over the
 * connection itself. Each side proves that it has it by an HMAC of both sides' nonces, so that a recorded proof is worth nothing. Immutable.
 */
public final class Secret {

    static final int BYTES = 32;
    static final int NONCE_BYTES = 32;
    static final int PROOF_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] bytes;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    static Secret random(SecureRandom random) {
        return new Secret(nonce(random));
    }

    static byte[] nonce(SecureRandom random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return nonce;
    }

    static Secret parse(String hex) {
        if (hex.length() != 2 * BYTES || !hex.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException("the secret of the request is not " + 2 * BYTES
                    + " hexadecimal digits, but " + hex.length() + " characters");
        }
        return new Secret(HexFormat.of().parseHex(hex));
    }

    byte[] bytes() {
        return bytes.clone();
    }

    byte[] donorsProof(byte[] joinersNonce, byte[] donorsNonce) {
        return proof((byte) 'D', joinersNonce, donorsNonce);
    }

    byte[] joinersProof(byte[] joinersNonce, byte[] donorsNonce) {
        return proof((byte) 'J', joinersNonce, donorsNonce);
    }

    private byte[] proof(byte side, byte[] joinersNonce, byte[] donorsNonce) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(bytes, ALGORITHM));
            mac.update(side);
            mac.update(joinersNonce);
            return mac.doFinal(donorsNonce);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** Compares in a time that says nothing of where they differ. */
    static boolean sameProof(byte[] expected, byte[] given) {
        return MessageDigest.isEqual(expected, given);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Says nothing. */
    @Override
    public String toString() {
        return "secret";
    }
}
