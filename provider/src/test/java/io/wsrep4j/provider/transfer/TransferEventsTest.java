package io.wsrep4j.provider.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Errno;
import io.wsrep4j.ist.IstException;
import io.wsrep4j.provider.OwnThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** docs/spec/replicator-state-transfer.md 22.3. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TransferEventsTest {

    private static final int APPLIERS = 4;

    private final TransferEvents events = new TransferEvents();

    private static TransferEvents.Item item(long seqno) {
        return new TransferEvents.Item.Show(null, seqno);
    }

    private static long seqno(TransferEvents.Item item) {
        return ((TransferEvents.Item.Show) item).seqno();
    }

    private OwnThread<Void> fill(long last) {
        return OwnThread.calling(() -> {
            for (long seqno = 1; seqno <= last; seqno++) {
                events.add(item(seqno));
            }
            return null;
        });
    }

    private OwnThread<List<Long>> takeAll() {
        return OwnThread.calling(() -> {
            List<Long> taken = new ArrayList<>();
            for (TransferEvents.Item item = events.take(); item != null; item = events.take()) {
                taken.add(seqno(item));
            }
            return taken;
        });
    }

    @Test
    void whoeverTakesGetsEveryItemOnceAndEachInOrder() throws Exception {
        int last = 200 * TransferEvents.LONGEST;
        events.open(() -> false);
        List<OwnThread<List<Long>>> appliers =
                IntStream.range(0, APPLIERS).mapToObj(i -> takeAll()).toList();

        fill(last).get();
        events.end(null);

        List<Long> all = new ArrayList<>();
        for (OwnThread<List<Long>> applier : appliers) {
            List<Long> taken = applier.get();
            assertThat(taken).isSorted();
            all.addAll(taken);
        }
        assertThat(all).doesNotHaveDuplicates().hasSize(last);
        assertThat(events.isActive()).isFalse();
    }

    @Test
    void whoWaitsForRoomGoesOnWhenEnoughIsTaken() throws Exception {
        events.open(() -> false);
        OwnThread<Void> receiver = fill(TransferEvents.LONGEST + 1);
        receiver.awaitWaiting();

        assertTaken(1, TransferEvents.LONGEST / 2 - 1);
        receiver.assertHeldBack();
        assertTaken(TransferEvents.LONGEST / 2, TransferEvents.LONGEST / 2);
        receiver.get();

        assertTaken(TransferEvents.LONGEST / 2 + 1, TransferEvents.LONGEST + 1);
    }

    private void assertTaken(int first, int last) throws Exception {
        for (int seqno = first; seqno <= last; seqno++) {
            assertThat(seqno(events.take())).isEqualTo(seqno);
        }
    }

    @Test
    void oneTakerLearnsOfAFailureAndTheOthersThatItIsOverAndNobodyGetsWhatWasLeft() throws Exception {
        events.open(() -> false);
        events.add(item(1));
        events.add(item(2));
        assertThat(seqno(events.take())).isEqualTo(1);
        assertThat(events.end(new IstException(Errno.EPROTO, "broken"))).containsExactly(item(2));

        assertThatThrownBy(events::take).isInstanceOf(IstException.class).hasMessage("broken");
        assertThat(events.take()).isNull();
        assertThat(events.isActive()).isFalse();
    }

    @Test
    void whoWaitsForRoomIsLetGoAtTheEnd() throws Exception {
        events.open(() -> false);
        OwnThread<Void> receiver = fill(3L * TransferEvents.LONGEST);
        receiver.awaitWaiting();

        events.end(new IstException(Errno.ECANCELED, "stopped"));

        assertThatThrownBy(receiver::get).hasMessageContaining("given up");
        assertThat(events.isActive()).isFalse();
    }

    @Test
    void whoWaitsForHistoryIsLetGoWhenTheGroupIsLost() throws Exception {
        AtomicBoolean lost = new AtomicBoolean();
        events.open(lost::get);
        OwnThread<List<Long>> applier = takeAll();
        applier.awaitWaiting();

        lost.set(true);

        assertThat(applier.get()).isEmpty();
        assertThatThrownBy(() -> events.add(item(1))).hasMessageContaining("given up");
    }

    @Test
    void whatIsThereWhenItIsGivenUpIsStillHandedOut() throws Exception {
        events.open(() -> false);
        events.add(item(1));

        events.giveUp();

        assertThat(seqno(events.take())).isEqualTo(1);
        assertThat(events.take()).isNull();
    }

    @Test
    void whoAddsMayWaitUntilAllIsThrough() throws Exception {
        events.open(() -> false);
        events.add(item(1));
        OwnThread<Void> receiver = OwnThread.calling(() -> {
            events.awaitApplied();
            return null;
        });
        receiver.awaitWaiting();
        assertThat(seqno(events.take())).isEqualTo(1);
        receiver.assertHeldBack();

        events.done();

        receiver.get();
    }

    @Test
    void withoutATransferThereIsNothing() throws Exception {
        assertThat(events.isActive()).isFalse();
        assertThat(events.take()).isNull();
    }
}
