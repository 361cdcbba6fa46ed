package io.wsrep4j.gcomm.netty;

import io.wsrep4j.gcomm.transport.TransportException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Private keys in the PEM forms that OpenSSL writes: PKCS#8, encrypted PKCS#8, and the older forms of RSA and EC keys. */
final class PemKey {

    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----\\s*(.*?)-----END \\1-----", Pattern.DOTALL);

    private static final byte[] RSA_ALGORITHM = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    private static final byte[] EC_OBJECT_ID = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int EC_PARAMETERS = 0xA0;

    private PemKey() {}

    static PrivateKey read(Path file, Optional<Path> passwordFile) throws TransportException {
        String option = "option socket.ssl_key: file '" + file + "'";
        try {
            Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            if (!block.find()) {
                throw new TransportException(option + " has no PEM private key");
            }
            String text = block.group(2);
            if (text.contains("DEK-Info")) {
                throw new TransportException(option + " is encrypted in the old way (DEK-Info); convert it with"
                        + " 'openssl pkcs8 -topk8 -in old.pem -out new.pem'");
            }
            byte[] der = Base64.getMimeDecoder().decode(text);
            return switch (block.group(1)) {
                case "RSA PRIVATE KEY" -> key(new PKCS8EncodedKeySpec(wrapRsa(der)));
                case "EC PRIVATE KEY" -> key(new PKCS8EncodedKeySpec(wrapEc(der)));
                case "ENCRYPTED PRIVATE KEY" -> key(decrypt(der, password(option, passwordFile)));
                default -> key(new PKCS8EncodedKeySpec(der));
            };
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new TransportException(option + " cannot be read as a PEM private key: " + e, e);
        }
    }

    private static char[] password(String option, Optional<Path> file) throws TransportException, IOException {
        if (file.isEmpty()) {
            throw new TransportException(option + " is encrypted, and socket.ssl_password_file is not set");
        }
        List<String> lines = Files.readAllLines(file.get());
        if (lines.isEmpty()) {
            throw new TransportException("option socket.ssl_password_file: file '" + file.get() + "' is empty");
        }
        return lines.get(0).toCharArray();
    }

    private static KeySpec decrypt(byte[] der, char[] password) throws IOException, GeneralSecurityException {
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
        AlgorithmParameters parameters = info.getAlgParameters();
        // for PBES2 the name of the scheme stands in the parameters
        String name = info.getAlgName().equals("PBES2") || info.getAlgName().equals("1.2.840.113549.1.5.13")
                ? parameters.toString()
                : info.getAlgName();
        Key secret = SecretKeyFactory.getInstance(name).generateSecret(new PBEKeySpec(password));
        Cipher cipher = Cipher.getInstance(name);
        cipher.init(Cipher.DECRYPT_MODE, secret, parameters);
        return info.getKeySpec(cipher);
    }

    private static PrivateKey key(KeySpec spec) throws GeneralSecurityException {
        GeneralSecurityException first = null;
        for (String algorithm : List.of("RSA", "EC", "EdDSA", "DSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                first = first == null ? e : first;
            }
        }
        throw first;
    }

    private static byte[] wrapRsa(byte[] pkcs1) {
        return der(SEQUENCE, VERSION_0, RSA_ALGORITHM, der(OCTET_STRING, pkcs1));
    }

    /** The curve stands inside the old form; PKCS#8 wants it outside. */
    private static byte[] wrapEc(byte[] sec1) {
        // SEQUENCE { INTEGER 1, OCTET STRING key, [0] curve, ... }
        int at = contentStart(sec1, 0);
        at = next(sec1, at);
        at = next(sec1, at);
        if (at >= sec1.length || (sec1[at] & 0xFF) != EC_PARAMETERS) {
            throw new IllegalArgumentException("the EC key does not name its curve");
        }
        byte[] curve = Arrays.copyOfRange(sec1, contentStart(sec1, at), next(sec1, at));
        return der(SEQUENCE, VERSION_0, der(SEQUENCE, EC_OBJECT_ID, curve), der(OCTET_STRING, sec1));
    }

    private static int contentStart(byte[] der, int at) {
        int first = byteAt(der, at + 1);
        return at + 2 + (first < 0x80 ? 0 : first & 0x7F);
    }

    /** Where the element after this one begins. */
    private static int next(byte[] der, int at) {
        int start = contentStart(der, at);
        int length = byteAt(der, at + 1);
        if (length >= 0x80) {
            length = 0;
            for (int i = at + 2; i < start; i++) {
                length = length << 8 | byteAt(der, i);
            }
        }
        if (length < 0 || start + length > der.length) {
            throw new IllegalArgumentException("the key is truncated");
        }
        return start + length;
    }

    private static int byteAt(byte[] der, int at) {
        if (at >= der.length) {
            throw new IllegalArgumentException("the key is truncated");
        }
        return der[at] & 0xFF;
    }

    private static byte[] der(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >>> 8);
            out.write(length);
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** True if the two keys belong together: what one signs the other verifies. */
    static boolean matches(PrivateKey key, PublicKey certified) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    case "DSA" -> "SHA256withDSA";
                    default -> key.getAlgorithm();
                };
        try {
            byte[] sample = "wsrep4j".getBytes(StandardCharsets.US_ASCII);
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(sample);
            byte[] signature = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certified);
            verifier.update(sample);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
