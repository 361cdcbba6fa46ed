package io.wsrep4j.gcomm.netty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes certificates with the openssl command. */
final class Certificates {

    private final Path directory;

    Certificates(Path directory) {
        this.directory = directory;
    }

    /** A certificate that signs itself; its files are name-cert.pem and name-key.pem. */
    Map<String, String> selfSigned(String name) {
        openssl(
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-keyout",
                name + "-key.pem",
                "-out",
                name + "-cert.pem");
        return Map.of(
                "socket.ssl_cert", file(name + "-cert.pem"),
                "socket.ssl_key", file(name + "-key.pem"));
    }

    /** A certificate signed by an authority that {@link #selfSigned} made. */
    Map<String, String> signedBy(String authority, String name) {
        openssl(
                "req",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=" + name,
                "-keyout",
                name + "-key.pem",
                "-out",
                name + "-request.pem");
        openssl(
                "x509",
                "-req",
                "-in",
                name + "-request.pem",
                "-CA",
                authority + "-cert.pem",
                "-CAkey",
                authority + "-key.pem",
                "-CAcreateserial",
                "-days",
                "2",
                "-out",
                name + "-cert.pem");
        return Map.of(
                "socket.ssl_cert", file(name + "-cert.pem"),
                "socket.ssl_key", file(name + "-key.pem"),
                "socket.ssl_ca", file(authority + "-cert.pem"));
    }

    String file(String name) {
        return directory.resolve(name).toString();
    }

    void openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        try {
            Path log = directory.resolve("openssl.log");
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new AssertionError(command + ": " + Files.readString(log));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
