package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBufAllocator;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;

/** What all parts of one {@link EvsCore} work with: who we are, our neighbours, the settings, and the time of the running call. */
final class Environment {

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
}
