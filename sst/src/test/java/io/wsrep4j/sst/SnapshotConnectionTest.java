package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection that breaks, bends or falls silent on the way: neither side takes it for the end. */
final class SnapshotConnectionTest extends DonorAndJoiner {

    private static final Duration SHORT_IDLE = Duration.ofSeconds(1);

    @ParameterizedTest
    @ValueSource(longs = {76, 100, 5_000, 3_000_000})
    void aConnectionThatBreaksIsAnErrorOnBothSides(long bytes) throws Exception {
        SnapshotReceiver receiver = receiver();
        try (Relay relay = new Relay(request(receiver), bytes, Relay.Then.CUT)) {
            EndlessSource source = new EndlessSource();
            SnapshotSender sender = sender(relay.instead(), source);
            assertThat(failure(receiver.end()))
                    .hasMessageContaining("donor /127.0.0.1:")
                    .hasMessageContaining("closed the connection before the snapshot was whole");
            assertThat(failure(sender.end())).hasMessageContaining("127.0.0.1:");
            source.closed.await();
            assertNothingTaken();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 5_000, 3_000_000})
    void aBitThatFlipsOnTheWayIsAnErrorOnBothSides(long bytes) throws Exception {
        SnapshotReceiver receiver = receiver(settings("n2").withIdleTimeout(SHORT_IDLE), sink);
        try (Relay relay = new Relay(request(receiver), bytes, Relay.Then.BEND)) {
            EndlessSource source = new EndlessSource();
            SnapshotSender sender = sender(relay.instead(), source);
            assertThat(failure(receiver.end())).hasMessageContaining("donor /127.0.0.1:");
            assertThat(failure(sender.end())).hasMessageContaining("127.0.0.1:");
            source.closed.await();
            assertNothingTaken();
        }
    }

    @Test
    void aPeerThatFallsSilentIsGivenUp() throws Exception {
        SnapshotReceiver receiver = receiver(settings("n2").withIdleTimeout(SHORT_IDLE), sink);
        try (Relay relay = new Relay(request(receiver), 3_000_000, Relay.Then.STALL)) {
            EndlessSource source = new EndlessSource();
            SnapshotSender sender = sender(settings("n1"), relay.instead(), source);
            assertThat(failure(receiver.end()))
                    .hasMessageContaining("it said nothing for 1000 ms")
                    .hasMessageContaining("donor /127.0.0.1:");
            assertThat(failure(sender.end())).hasMessageContaining("it said nothing for 1000 ms");
            assertNothingTaken();
        }
    }

    @Test
    void aJoinerThatFallsSilentIsGivenUp() throws Exception {
        // the joiner shows signs of life seldom, and takes nothing any more
        SnapshotReceiver receiver = receiver(settings("n2").withIdleTimeout(SHORT_IDLE.multipliedBy(6)), sink);
        try (Relay relay = new Relay(request(receiver), 3_000_000, Relay.Then.STALL)) {
            EndlessSource source = new EndlessSource();
            SnapshotSender sender = sender(settings("n1").withIdleTimeout(SHORT_IDLE), relay.instead(), source);
            assertThat(failure(sender.end()))
                    .hasMessageContaining("it said nothing for 1000 ms")
                    .hasMessageContaining("joiner at tcp://127.0.0.1:");
            source.closed.await();
            assertThat(failure(receiver.end())).hasMessageContaining("donor /127.0.0.1:");
            assertNothingTaken();
        }
    }
}
