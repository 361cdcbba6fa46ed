package io.wsrep4j.provider.options;

import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the options ask for TLS, and whether what they name is there (docs/spec/options-status.md 5.6). Holds no state. */
final class TlsRequest {

    private TlsRequest() {}

    /** True if connections are to be encrypted. */
    static boolean made(ProviderOptions options) throws OptionException {
        String key = options.text("socket.ssl_key");
        String certificate = options.text("socket.ssl_cert");
        String asked = options.text("socket.ssl");
        boolean wanted = asked == null ? key != null || certificate != null : options.flag("socket.ssl");
        if (!wanted) {
            return false;
        }
        requireFile("socket.ssl_key", key);
        requireFile("socket.ssl_cert", certificate);
        requireFileIfSet(options, "socket.ssl_ca");
        requireFileIfSet(options, "socket.ssl_password_file");
        return true;
    }

    private static void requireFileIfSet(ProviderOptions options, String name) throws OptionException {
        if (options.text(name) != null) {
            requireFile(name, options.text(name));
        }
    }

    private static void requireFile(String name, String text) throws OptionException {
        if (text == null) {
            throw new OptionException("option '" + name
                    + "' is missing: TLS needs both socket.ssl_key and socket.ssl_cert (PEM files), or socket.ssl=no");
        }
        if (!Files.isReadable(Path.of(text))) {
            throw OptionException.refused(name, text, "expected a file that this process can read");
        }
    }
}
