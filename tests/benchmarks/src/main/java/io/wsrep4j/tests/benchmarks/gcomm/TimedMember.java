package io.wsrep4j.tests.benchmarks.gcomm;

import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.kit.Await;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** A member that counts and times. The listener's part is under the channel's lock; the counters are read from elsewhere. */
final class TimedMember implements GroupListener, AutoCloseable {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final long RETRY_NANOS = 20_000;
    private static final int MOST_SAMPLES = 1_000_000;

    private final GroupChannel channel;
    private volatile GroupView view;
    private volatile long delivered;
    private volatile long own;
    private volatile Thread waiting;

    TimedMember(String name, String address, Path directory, Map<String, String> options, boolean bootstrap)
            throws GroupException {
        channel = GroupChannelFactory.open(new ChannelEnvironment(address, options, directory, name, "", null));
        channel.join("benchmark", bootstrap, this);
    }

    @Override
    public void onView(GroupView next) {
        view = next;
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    public void onMessage(int senderIndex, int type, ByteBuffer payload) {
        delivered++;
        if (senderIndex == view.ownIndex()) {
            own++;
            Thread thread = waiting;
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }
    }

    @Override
    public void onCausal(long token) {
        throw new IllegalStateException("nobody asked");
    }

    @Override
    public void onLeft(GroupException error) {
        if (error != null) {
            throw new IllegalStateException(error);
        }
    }

    long delivered() {
        return delivered;
    }

    /** Own messages that were delivered here. */
    long own() {
        return own;
    }

    void awaitMembers(int count, Duration limit) {
        Await.until(
                "a group of " + count,
                limit,
                () -> view != null && view.primary() && view.members().size() == count);
    }

    /** Sends; waits and tries again while too much is queued. */
    void send(ByteBuffer body) {
        SendResult result;
        while ((result = channel.send(1, NOTHING, body)) == SendResult.TRY_AGAIN) {
            LockSupport.parkNanos(RETRY_NANOS);
        }
        if (result != SendResult.ACCEPTED) {
            throw new IllegalStateException("not accepted: " + result);
        }
    }

    /** Sends one message after the other, each when the last one was delivered; answers the latencies in nanoseconds, sorted. */
    long[] oneByOne(int length, Duration duration) {
        ByteBuffer body = ByteBuffer.allocateDirect(length);
        long[] samples = new long[MOST_SAMPLES];
        int count = 0;
        waiting = Thread.currentThread();
        long end = System.nanoTime() + duration.toNanos();
        while (count < samples.length && System.nanoTime() < end) {
            long target = own + 1;
            long begin = System.nanoTime();
            send(body);
            while (own < target) {
                LockSupport.parkNanos(100_000_000);
            }
            samples[count++] = System.nanoTime() - begin;
        }
        waiting = null;
        long[] sorted = Arrays.copyOf(samples, count);
        Arrays.sort(sorted);
        return sorted;
    }

    @Override
    public void close() {
        channel.leave();
    }
}
