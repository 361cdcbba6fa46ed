package io.wsrep4j.provider;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The version that hosts show (docs/spec/wsrep-api-v26.md 10.1): the Galera that this provider stands for, as three numbers, then its own version in
 * brackets. Programs compare the numbers; pom.xml says both, here and to the loader in C.
 */
public final class ProviderVersion {

    private static final String RESOURCE = "version.txt";

    private ProviderVersion() {}

    /** Such as {@code 26.4.23(wsrep4j-0.1.0)}. */
    public static String text() {
        try (InputStream resource = ProviderVersion.class.getResourceAsStream(RESOURCE)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
