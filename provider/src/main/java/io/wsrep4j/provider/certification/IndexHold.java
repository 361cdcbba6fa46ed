package io.wsrep4j.provider.certification;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the group while this node's certification index is near its bound, {@code cert.max_index_size} (docs/spec/writeset-certification.md 16.1):
 * flow control pauses all senders from three quarters on until a purge has brought it down to a half. What has been ordered is always certified,
 * bound or not.
 *
 * <p>A purge comes by the commit cut, when all members have reported what they have settled. So a hold must let reports through, or it would wait for
 * what it prevents: ours go ahead of the pause ({@link io.wsrep4j.gcomm.group.Group#reportDiscardable}), and say all that is settled instead of what Galera's
 * rule would (see {@code DiscardableReporter}). A member with Galera's library waits with its report for the end of the pause. Therefore a hold
 * that brought nothing for {@link #PATIENCE_SECONDS} seconds opens for {@link #OPENING_SECONDS}.
 *
 * <p>Thread-safe. What is meant is guarded by this object's lock; the group is told without it, by one thread at a time, until it knows what is meant.
 */
final class IndexHold {

    private static final long PATIENCE_SECONDS = 30;
    private static final long OPENING_SECONDS = 2;

    /** Tells the group to pause or to go on; must not wait. */
    @FunctionalInterface
    interface Pause {
        void hold(boolean on);
    }

    private final CertificationOptions options;
    private final Pause pause;
    private final LongSupplier nanoTime;
    private final Logger logger = LoggerFactory.getLogger(CertificationIndex.class);
    private volatile boolean near;
    private boolean open;
    /** What the group is to know, what it knows, and that somebody is telling it. */
    private boolean meant;

    private boolean known;
    private boolean telling;
    private long since;
    private long least;

    IndexHold(CertificationOptions options, Pause pause, LongSupplier nanoTime) {
        this.options = options;
        this.pause = pause;
        this.nanoTime = nanoTime;
    }

    /** True while the index is near its bound: then everything is purged that can be. */
    boolean isNear() {
        return near;
    }

    /** The index has this size now. Cheap unless something changes. */
    void size(long bytes) {
        if (isToChange(bytes)) {
            change(bytes);
            tell();
        }
    }

    /** Never under the lock: who holds the group's own may be waiting for this one. */
    private void tell() {
        while (begins()) {
            try {
                pause.hold(next());
            } finally {
                ends();
            }
        }
    }

    private synchronized boolean begins() {
        boolean due = meant != known && !telling;
        telling |= due;
        return due;
    }

    private synchronized boolean next() {
        known = meant;
        return meant;
    }

    private synchronized void ends() {
        telling = false;
    }

    private boolean isToChange(long bytes) {
        return near ? bytes <= low() : bytes > high();
    }

    private long high() {
        return options.maxIndexSize() / 4 * 3;
    }

    private long low() {
        return options.maxIndexSize() / 2;
    }

    private synchronized void change(long bytes) {
        if (!isToChange(bytes)) {
            return; // another thread has seen to it
        }
        near = !near;
        open = false;
        begin(bytes);
        logger.info(
                near
                        ? "the certification index occupies {} bytes, cert.max_index_size is {}: the group is held until all"
                                + " members have settled more"
                        : "the certification index occupies {} bytes, cert.max_index_size is {}: the group goes on",
                bytes,
                options.maxIndexSize());
        meant = near;
    }

    private void begin(long bytes) {
        since = nanoTime.getAsLong();
        least = bytes;
    }

    /** Time has passed; to be called every second or so. */
    void tick(long bytes) {
        if (near) {
            size(bytes);
            tickNear(bytes);
            tell();
        }
    }

    private synchronized void tickNear(long bytes) {
        if (!near) {
            return;
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - since);
        if (!open && bytes < least) {
            begin(bytes);
        } else if (open ? seconds >= OPENING_SECONDS : seconds >= PATIENCE_SECONDS) {
            open = !open;
            begin(bytes);
            meant = !open;
        }
    }
}
