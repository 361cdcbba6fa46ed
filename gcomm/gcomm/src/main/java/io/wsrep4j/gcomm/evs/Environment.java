package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBufAllocator;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.MalformedMessageException.Kind;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;

/** What all parts of one {@link EvsCore} work with: who we are, our neighbours, the settings, and the time of the running call. */
final class Environment {

    private static final LineKind DEBUG = LineKind.ofPeer("lines of evs.debug_log_mask");

    final Uuid self;
    final EvsTransport transport;
    final EvsListener listener;
    final ByteBufAllocator allocator;
    final LimitedLog log;

    private EvsSettings settings;
    private long now;

    Environment(
            Uuid self,
            EvsSettings settings,
            EvsTransport transport,
            EvsListener listener,
            ByteBufAllocator allocator,
            LimitedLog log) {
        this.self = self;
        this.settings = settings;
        this.transport = transport;
        this.listener = listener;
        this.allocator = allocator;
        this.log = log;
    }

    /** Begins a call. */
    void at(long nowNanos) {
        if (nowNanos < now) {
            throw new IllegalArgumentException("time goes back from " + now + " ns to " + nowNanos + " ns");
        }
        now = nowNanos;
    }

    long now() {
        return now;
    }

    EvsSettings settings() {
        return settings;
    }

    void settings(EvsSettings changed) {
        settings = changed;
    }

    /** A line that evs.debug_log_mask asks for, by a bit of {@link EvsLog}. */
    void debug(int bit, String format, Object argument) {
        if ((settings.debugLogMask() & bit) != 0) {
            log.debug(DEBUG, null, format, argument);
        }
    }

    /** A message of a peer was dropped. */
    void malformed(Uuid source, Kind kind, String reason) {
        transport.malformed(source, kind + ": " + reason);
    }
}
