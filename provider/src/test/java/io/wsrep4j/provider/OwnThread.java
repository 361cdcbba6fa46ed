package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.kit.Await;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call on a thread of its own, of which a test must know that it waits before the test does what lets it go on. */
public final class OwnThread<T> {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 200;
    private static final Set<Thread.State> WAITING = EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

    private final FutureTask<T> call;
    private final Thread thread;

    private OwnThread(Callable<T> call) {
        this.call = new FutureTask<>(call);
        thread = new Thread(this.call, "own thread");
        thread.setDaemon(true);
    }

    public static <T> OwnThread<T> calling(Callable<T> call) {
        OwnThread<T> own = new OwnThread<>(call);
        own.thread.start();
        return own;
    }

    /** Returns once the thread waits. */
    public void awaitWaiting() {
        Await.until("it waits", PATIENCE, () -> {
            assertThat(call).as("it should wait").isNotDone();
            return WAITING.contains(thread.getState());
        });
    }

    /** Returns once the thread waits and has gone on waiting for a while. */
    public void assertHeldBack() {
        awaitWaiting();
        assertThatThrownBy(() -> call.get(LOOK_MILLIS, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
    }

    /** Waits until the call has returned, but no longer than this. */
    public void awaitDone(long atMostMillis) throws InterruptedException {
        thread.join(Math.max(1, atMostMillis));
    }

    /** What the call returns. */
    public T get() throws Exception {
        return call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
