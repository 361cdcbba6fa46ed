package io.wsrep4j.sst;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one side of a transfer behaves. Immutable.
 *
 * @param nodeName of this node, for the threads' names
 * @param tls the server's context for a receiver, the client's for a sender, made of the group's own options (socket.ssl*) by the group's module; null
 *     for a connection without TLS
 * @param idleTimeout after which a silent peer is given up; each side says three times in its own that it is there, so give all nodes the same. At least 300 ms
 * @param progressInterval least time between two progress reports
 * @param compressionLevel of zstd, 1 to 19
 * @param log where to
 */
public record SnapshotSettings(
        String nodeName,
        SslContext tls,
        Duration idleTimeout,
        Duration progressInterval,
        int compressionLevel,
        Logger log) {

    private static final Duration SHORTEST_IDLE = Duration.ofMillis(300);
    private static final int HIGHEST_LEVEL = 19;

    public SnapshotSettings {
        Objects.requireNonNull(nodeName, "nodeName");
        Objects.requireNonNull(log, "log");
        if (idleTimeout.compareTo(SHORTEST_IDLE) < 0) {
            throw new IllegalArgumentException(
                    "idle timeout " + idleTimeout + " is refused; allowed is at least " + SHORTEST_IDLE);
        }
        if (progressInterval.isNegative()) {
            throw new IllegalArgumentException("progress interval " + progressInterval + " is negative");
        }
        if (compressionLevel < 1 || compressionLevel > HIGHEST_LEVEL) {
            throw new IllegalArgumentException(
                    "compression level " + compressionLevel + " is refused; allowed are 1 to " + HIGHEST_LEVEL);
        }
    }

    /** A minute of silence at most, progress twice a second, compression level 1 (a network is seldom slower). */
    public static SnapshotSettings of(String nodeName, SslContext tls) {
        return new SnapshotSettings(
                nodeName,
                tls,
                Duration.ofSeconds(60),
                Duration.ofMillis(500),
                1,
                LoggerFactory.getLogger(SnapshotSettings.class.getPackageName()));
    }

    /** The same with another idle timeout. */
    public SnapshotSettings withIdleTimeout(Duration timeout) {
        return new SnapshotSettings(nodeName, tls, timeout, progressInterval, compressionLevel, log);
    }

    ProgressMeter meter(SnapshotProgress progress) {
        return new ProgressMeter(progress, progressInterval.toNanos(), System::nanoTime);
    }
}
