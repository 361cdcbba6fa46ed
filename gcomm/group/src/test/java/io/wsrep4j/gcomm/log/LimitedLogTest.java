package io.wsrep4j.gcomm.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LimitedLogTest {

    private static final long SECOND = 1_000_000_000L;
    private static final LineKind REFUSED = LineKind.ofPeer("connections refused");
    private static final LineKind LOST = LineKind.ofPeer("connections lost");
    private static final LineKind VIEW = LineKind.ofNode("views");

    private long now = Long.MAX_VALUE - 10 * SECOND;
    private final RecordedLog recorded = new RecordedLog(Level.INFO);
    private final LimitedLog log = new LimitedLog(recorded.logger(), () -> now);

    @Test
    void theFirstLinesOfEachPeerAndKindPassAndTheRestIsCounted() {
        for (int i = 0; i < 1000; i++) {
            log.warn(REFUSED, "10.0.0.5", "refused {}", i);
        }
        log.info(LOST, "10.0.0.5", "lost");
        log.warn(REFUSED, "10.0.0.6", "refused of another");

        assertThat(recorded.lines())
                .containsExactly(
                        "WARN refused 0",
                        "WARN refused 1",
                        "WARN refused 2",
                        "WARN refused 3",
                        "WARN refused 4",
                        "INFO lost",
                        "WARN refused of another");
    }

    @Test
    void oneLineSaysWhatWasLeftOutWhenTheMinuteIsOverAndTheNextBeginsAnew() {
        for (int i = 0; i < 1000; i++) {
            log.info(REFUSED, "10.0.0.5", "refused");
            log.warn(LOST, i % 2 == 0 ? "10.0.0.5" : "10.0.0.6", "lost");
        }
        recorded.lines().clear();
        now += 59 * SECOND;
        log.summarize();
        assertThat(recorded.lines()).isEmpty();

        now += SECOND;
        log.summarize();
        log.summarize();
        log.info(REFUSED, "10.0.0.5", "refused again");

        assertThat(recorded.lines())
                .containsExactly(
                        "WARN Lines like the ones above that were left out within a minute:"
                                + " 995 of connections refused (10.0.0.5: 995);"
                                + " 990 of connections lost (10.0.0.5: 495, 10.0.0.6: 495)",
                        "INFO refused again");
    }

    @Test
    void aLineAfterTheMinuteTellsTheSummaryWithoutATimer() {
        for (int i = 0; i < 7; i++) {
            log.info(REFUSED, null, "refused");
        }
        now += 61 * SECOND;
        recorded.lines().clear();
        log.info(LOST, null, "lost");

        assertThat(recorded.lines())
                .containsExactly(
                        "INFO Lines like the ones above that were left out within a minute: 2 of connections refused",
                        "INFO lost");
    }

    @Test
    void nothingIsSaidOfAMinuteInWhichAllPassed() {
        log.warn(REFUSED, null, "refused");
        now += 61 * SECOND;
        log.close();

        assertThat(recorded.lines()).containsExactly("WARN refused");
    }

    @Test
    void closingTellsAtOnce() {
        for (int i = 0; i < 6; i++) {
            log.warn(REFUSED, "a", "refused");
        }
        log.close();

        assertThat(recorded.lines()).hasSize(6).last().asString().contains("1 of connections refused (a: 1)");
    }

    @Test
    void aFloodOfManyKindsAndPeersIsBoundedInBytesAndCountedRightly() {
        List<LineKind> kinds = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            kinds.add(LineKind.ofPeer("kind " + i));
        }
        int sent = 0;
        for (int minute = 0; minute < 3; minute++) {
            for (int i = 0; i < 100_000; i++) {
                log.warn(kinds.get(i % kinds.size()), "peer " + i, "{}", "x".repeat(5000));
                sent++;
            }
            now += LimitedLog.WINDOW_NANOS;
            log.summarize();
        }

        assertThat(recorded.bytes()).isLessThan(3 * 260_000);
        assertThat(recorded.lines().stream().filter(line -> line.endsWith("x...")))
                .hasSize(3 * LimitedLog.MAX_LINES);
        assertThat(sent).isEqualTo(300_000);
    }

    @Test
    void theSummaryCountsEveryLineThatDidNotPass() {
        int sent = 0;
        for (int peer = 0; peer < 500; peer++) {
            for (int i = 0; i < 7; i++) {
                log.warn(REFUSED, "10.0.0." + peer, "refused");
                log.warn(LOST, "10.0.1." + peer, "lost");
                sent += 2;
            }
        }
        int written = recorded.lines().size();
        log.close();

        assertThat(written).isEqualTo(40);
        assertThat(leftOut(recorded.lines().get(written))).isEqualTo(sent - written);
    }

    private static long leftOut(String summary) {
        return Pattern.compile("(\\d+) of ")
                .matcher(summary)
                .results()
                .mapToLong(count -> Long.parseLong(count.group(1)))
                .sum();
    }

    @Test
    void noFloodHidesWhatBecomesOfThisNode() {
        for (int i = 0; i < 10_000; i++) {
            log.warn(LineKind.ofPeer("kind " + i % 150), "peer " + i, "noise");
        }
        log.info(VIEW, null, "view\n\tof two\n");

        assertThat(recorded.lines()).last().isEqualTo("INFO view\n\tof two\n");
    }

    @Test
    void linesAboutThisNodeAreBoundedToo() {
        for (int i = 0; i < 10_000; i++) {
            log.info(VIEW, "peer " + i, "view {}", "x".repeat(100_000));
        }
        log.close();

        assertThat(recorded.lines()).hasSize(61).last().asString().contains("9940 of views");
        assertThat(recorded.bytes()).isLessThan(61 * 16_100);
    }

    @Test
    void whatAPeerSentCannotLookLikeAnotherLine() {
        log.warn(REFUSED, "p\nq", "its group is '{}'", "a\r\n2026-11-30 [ERROR] all is lost\u001b[2J");
        for (int i = 0; i < 6; i++) {
            log.warn(REFUSED, "p\nq", "again");
        }
        log.close();

        assertThat(recorded.lines()).first().asString().endsWith("'a??2026-11-30 [ERROR] all is lost?[2J'");
        assertThat(recorded.lines()).last().asString().contains("(p?q: 2)");
    }

    @Test
    void aLevelThatIsOffIsNeitherWrittenNorCounted() {
        for (int i = 0; i < 100; i++) {
            log.debug(REFUSED, "a", "refused");
        }
        log.close();

        assertThat(recorded.lines()).isEmpty();
    }

    @Test
    void manyThreadsLoseNoCount() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 10_000; i++) {
                    log.warn(REFUSED, "a", "refused");
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        log.close();

        assertThat(recorded.lines()).hasSize(6);
        assertThat(leftOut(recorded.lines().get(5))).isEqualTo(40_000 - 5);
    }
}
