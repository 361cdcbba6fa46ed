package io.wsrep4j.gcomm.netty;

import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionValues;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the options ask for TLS, and whether what they name is there (docs/spec/options-status.md 5.6). Holds no state. */
public final class TlsRequest {

    private TlsRequest() {}

    /**
     * A node starts: what it will use is shown.
     *
     * @throws OptionException if TLS is asked for and not complete
     */
    public static void starting(OptionValues options) {
        if (isMade(options)) {
            options.put("socket.ssl", "YES");
            options.putIfAbsent("socket.ssl_cipher", "");
            options.put("socket.ssl_reload", "1");
        }
    }

    /** True if connections are to be encrypted. */
    public static boolean isMade(OptionValues options) {
        String key = options.text("socket.ssl_key");
        String certificate = options.text("socket.ssl_cert");
        boolean wanted = options.isSet("socket.ssl") ? options.flag("socket.ssl") : key != null || certificate != null;
        if (!wanted) {
            return false;
        }
        requireFile("socket.ssl_key", key);
        requireFile("socket.ssl_cert", certificate);
        requireFileIfSet(options, "socket.ssl_ca");
        requireFileIfSet(options, "socket.ssl_password_file");
        return true;
    }

    private static void requireFileIfSet(OptionValues options, String name) {
        if (options.isSet(name)) {
            requireFile(name, options.text(name));
        }
    }

    private static void requireFile(String name, String text) {
        if (text == null) {
            throw new OptionException("option '" + name
                    + "' is missing: TLS needs both socket.ssl_key and socket.ssl_cert (PEM files), or socket.ssl=no");
        }
        if (!Files.isReadable(Path.of(text))) {
            throw OptionException.refused(name, text, "expected a file that this process can read");
        }
    }
}
