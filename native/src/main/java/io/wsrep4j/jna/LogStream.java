package io.wsrep4j.jna;

import io.wsrep4j.api.LogLevel;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Stands in for System.out and System.err: every line becomes a line of the host's log. Guarded by itself. */
final class LogStream extends OutputStream {

    private static final int LONGEST = 64 * 1024;

    private final LogLevel level;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private LogStream(LogLevel level) {
        this.level = level;
    }

    /** Replaces both streams of this JVM. */
    static void install() {
        System.setOut(new PrintStream(new LogStream(LogLevel.INFO), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new LogStream(LogLevel.WARN), true, StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void write(int character) {
        if (character != '\n') {
            line.write(character);
        }
        if (character == '\n' || line.size() >= LONGEST) {
            String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
            line.reset();
            if (!text.isEmpty()) {
                HostLog.current().log(level, text);
            }
        }
    }
}
