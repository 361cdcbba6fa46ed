package io.wsrep4j.tests.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** A private key and a certificate that it has signed itself, in files that every user can read: for tests only. */
public record Certificate(Path key, Path chain) {

    /** Makes one with the program openssl. */
    public static Certificate create(Path directory, String commonName) throws IOException {
        Path key = directory.resolve(commonName + ".key");
        Path chain = directory.resolve(commonName + ".pem");
        List<String> command = List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "30",
                "-subj",
                "/CN=" + commonName,
                "-keyout",
                key.toString(),
                "-out",
                chain.toString());
        try (NativeProcess openssl =
                NativeProcess.start("openssl", command, Map.of(), directory, directory.resolve("openssl.log"))) {
            if (openssl.awaitExit(java.time.Duration.ofSeconds(60)) != 0) {
                throw new IOException("openssl failed: " + openssl.output());
            }
        }
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Certificate(key, chain);
    }

    /** The provider options that use it, and trust nothing else. */
    public Map<String, String> options() {
        return Map.of(
                "socket.ssl_key",
                key.toString(),
                "socket.ssl_cert",
                chain.toString(),
                "socket.ssl_ca",
                chain.toString());
    }
}
