package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Errno;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** A side that is stopped, or whose host fails: the other one learns why. */
final class SnapshotFailureTest extends DonorAndJoiner {

    @Test
    void aDonorThatStopsTellsTheJoinerWhy() throws Exception {
        WatchedSink watched = new WatchedSink(sink, 0);
        SnapshotReceiver receiver = receiver(settings("n2"), watched);
        EndlessSource source = new EndlessSource();
        SnapshotSender sender = sender(request(receiver), source);
        watched.begun.await();
        sender.cancel("the server shuts down");

        assertThat(failure(sender.end()).errno()).isEqualTo(Errno.ECANCELED);
        source.closed.await();
        assertThat(failure(receiver.end()))
                .hasMessageContaining("snapshot transfer from donor /127.0.0.1:")
                .hasMessageContaining("it gave up: ")
                .hasMessageContaining("the server shuts down");
        assertNothingTaken();
    }

    @Test
    void aJoinerThatStopsTellsTheDonorWhy() throws Exception {
        WatchedSink watched = new WatchedSink(sink, 0);
        SnapshotReceiver receiver = receiver(settings("n2"), watched);
        EndlessSource source = new EndlessSource();
        SnapshotSender sender = sender(request(receiver), source);
        watched.begun.await();
        receiver.cancel("the disk is full");

        assertThat(failure(receiver.end()).errno()).isEqualTo(Errno.ECANCELED);
        assertThat(failure(sender.end()))
                .hasMessageContaining("joiner at " + request(receiver).address())
                .hasMessageContaining("the joiner gave up: ")
                .hasMessageContaining("the disk is full");
        source.closed.await();
        assertNothingTaken();
    }

    @Test
    void aJoinerNobodyComesToCanBeStopped() throws Exception {
        SnapshotReceiver receiver = receiver();
        receiver.cancel("no donor");
        receiver.cancel("again");
        assertThat(failure(receiver.end())).hasMessage("receiving the snapshot was stopped: no donor");
        assertNothingTaken();
    }

    @Test
    void aSnapshotThatCannotBeOpenedFailsAtOnce() throws Exception {
        SnapshotReceiver receiver = receiver();
        assertThatThrownBy(() -> SnapshotSender.send(
                        settings("n1"),
                        request(receiver),
                        POSITION,
                        () -> {
                            throw new IOException("no space for a snapshot");
                        },
                        SnapshotProgress.NONE))
                .isInstanceOf(IOException.class)
                .hasMessage("no space for a snapshot");
        sender(request(receiver), new MemorySource(data(1000)));
        assertThat(get(receiver.end())).isEqualTo(POSITION);
    }

    @Test
    void aHostThatCannotReadItsSnapshotFailsBothSides() throws Exception {
        SnapshotReceiver receiver = receiver();
        MemorySource broken = MemorySource.of(() -> SnapshotEntry.of("broken", -1, new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("bad sector");
            }
        }));
        SnapshotSender sender = sender(request(receiver), broken);
        assertThat(failure(sender.end())).hasMessageContaining("bad sector").hasMessageContaining("127.0.0.1");
        assertThat(failure(receiver.end())).hasMessageContaining("bad sector");
        assertThat(broken.closed).hasValue(1);
        assertNothingTaken();
    }

    @Test
    void aHostThatCannotTakeTheWholeSnapshotFailsBothSides() throws Exception {
        sink.refusal = new IOException("cannot rename");
        SnapshotReceiver receiver = receiver();
        SnapshotSender sender = sender(request(receiver), new MemorySource(data(1000)));
        assertThat(failure(receiver.end())).hasMessageContaining("cannot rename");
        assertThat(failure(sender.end()))
                .hasMessageContaining("the joiner gave up: ")
                .hasMessageContaining("cannot rename");
        assertNothingTaken();
    }

    @Test
    void aHostThatThrowsAnErrorIsNoHang() throws Exception {
        SnapshotReceiver receiver = receiver();
        SnapshotSender sender = sender(request(receiver), MemorySource.of(() -> {
            throw new AssertionError("a defect");
        }));
        assertThat(failure(sender.end())).hasMessageContaining("a defect");
        assertThat(failure(receiver.end())).hasMessageContaining("a defect");
    }
}
