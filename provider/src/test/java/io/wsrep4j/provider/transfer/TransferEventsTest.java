package io.wsrep4j.provider.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Errno;
import io.wsrep4j.ist.IstException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sheet replicator-state-transfer, 22.3. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TransferEventsTest {

    private static final int APPLIERS = 4;

    private final TransferEvents events = new TransferEvents();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private static TransferEvents.Item item(long seqno) {
        return new TransferEvents.Item.Show(null, seqno);
    }

    private static long seqno(TransferEvents.Item item) {
        return ((TransferEvents.Item.Show) item).seqno();
    }

    private CompletableFuture<Void> fill(long last) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        for (long seqno = 1; seqno <= last; seqno++) {
                            events.add(item(seqno));
                        }
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                threads);
    }

    private CompletableFuture<List<Long>> takeAll() {
        return CompletableFuture.supplyAsync(
                () -> {
                    List<Long> taken = new ArrayList<>();
                    try {
                        for (TransferEvents.Item item = events.take(); item != null; item = events.take()) {
                            taken.add(seqno(item));
                        }
                    } catch (IstException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return taken;
                },
                threads);
    }

    @Test
    void whoeverTakesGetsEveryItemOnceAndEachInOrder() throws Exception {
        int last = 200 * TransferEvents.LONGEST;
        events.open();
        List<CompletableFuture<List<Long>>> appliers =
                IntStream.range(0, APPLIERS).mapToObj(i -> takeAll()).toList();

        fill(last).get();
        events.end(null);

        List<Long> all = new ArrayList<>();
        for (CompletableFuture<List<Long>> applier : appliers) {
            assertThat(applier.get()).isSorted();
            all.addAll(applier.get());
        }
        assertThat(all).doesNotHaveDuplicates().hasSize(last);
        assertThat(events.isActive()).isFalse();
    }

    @Test
    void whoWaitsForRoomGoesOnWhenEnoughIsTaken() throws Exception {
        events.open();
        CompletableFuture<Void> receiver = fill(TransferEvents.LONGEST + 1);

        for (int i = 1; i <= TransferEvents.LONGEST + 1; i++) {
            assertThat(seqno(events.take())).isEqualTo(i);
        }

        receiver.get();
    }

    @Test
    void oneTakerLearnsOfAFailureAndTheOthersThatItIsOver() throws Exception {
        events.open();
        events.add(item(1));
        events.end(new IstException(Errno.EPROTO, "broken"));

        assertThat(seqno(events.take())).isEqualTo(1);
        assertThatThrownBy(events::take).isInstanceOf(IstException.class).hasMessage("broken");
        assertThat(events.take()).isNull();
        assertThat(events.isActive()).isFalse();
    }

    @Test
    void whoWaitsForRoomIsLetGoAtTheEnd() throws Exception {
        events.open();
        CompletableFuture<Void> receiver = fill(3L * TransferEvents.LONGEST);

        events.end(new IstException(Errno.ECANCELED, "stopped"));

        receiver.get();
        assertThat(events.isActive()).isTrue();
    }

    @Test
    void withoutATransferThereIsNothing() throws Exception {
        assertThat(events.isActive()).isFalse();
        assertThat(events.take()).isNull();
    }
}
