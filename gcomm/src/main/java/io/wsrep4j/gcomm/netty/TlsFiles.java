package io.wsrep4j.gcomm.netty;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the TLS material lies (sheet gcomm-transport-pc, 4). The files are read at start and again on socket.ssl_reload.
 *
 * @param certificate socket.ssl_cert, PEM chain
 * @param key socket.ssl_key, PEM
 * @param authority socket.ssl_ca, PEM; the certificate file when it was not set
 * @param passwordFile socket.ssl_password_file: its first line is the key's password
 * @param ciphers socket.ssl_cipher, an OpenSSL cipher list for TLS 1.2; empty for the default
 */
public record TlsFiles(Path certificate, Path key, Path authority, Optional<Path> passwordFile, String ciphers) {}
