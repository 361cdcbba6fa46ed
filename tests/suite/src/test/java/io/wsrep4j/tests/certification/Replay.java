package io.wsrep4j.tests.certification;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.View;
import io.wsrep4j.provider.certification.CertificationIndex;
import io.wsrep4j.provider.certification.CertificationOptions;
import io.wsrep4j.provider.certification.OrderedWriteSet;
import io.wsrep4j.provider.certification.Verdict;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/**
 * Certifies here what a real node certified, in the same order, and compares.
 *
 * <p>The one thing the interface does not show is when that node purged its index, which raises the floor of all later dependencies. So
 * where its dependency is higher than ours, the replay takes it for the new floor and purges ours likewise, if that is possible at all: the
 * floor never falls, and nothing is purged that a later write set had not seen. From then on every dependency has to be equal again.
 */
final class Replay {

    private final CertificationIndex index =
            new CertificationIndex(new CertificationOptions(), LoggerFactory.getLogger(Replay.class));
    private final WriteSetReader reader = new WriteSetReader();
    private final SentWriteSets.Reading sent;
    private final String node;
    private final List<OrderedWriteSet> notLeft = new ArrayList<>();
    private final Neighbourhood neighbourhood;

    private long floor = -1;
    private int floors;
    private int failed;
    private int comparedDependencies;
    private long totalStaleness;

    /** @param other what the other real node said about the same seqnos, to tell whose the mistake is when ours differs */
    Replay(String node, SentWriteSets.Reading sent, Map<Long, Observation> other) {
        this.node = node;
        neighbourhood = new Neighbourhood(other);
        this.sent = sent;
    }

    int floors() {
        return floors;
    }

    int failed() {
        return failed;
    }

    int comparedDependencies() {
        return comparedDependencies;
    }

    /** Mean number of write sets that lay between a write set and what it had seen. */
    long meanStaleness(int writeSets) {
        return totalStaleness / writeSets;
    }

    void run(int protocol, long first, Map<Long, Observation> observations, Map<Long, View> views)
            throws CorruptWriteSetException {
        int version = WriteSetFormat.certificationVersion(protocol);
        index.start(first - 1, version);
        TreeMap<Long, Object> events = new TreeMap<>(observations);
        events.putAll(views);
        events.headMap(first).clear();
        assertThat(events.lastKey() - first + 1)
                .as("%s: seqnos without a gap", node)
                .isEqualTo(events.size());
        for (Map.Entry<Long, Object> event : events.entrySet()) {
            if (event.getValue() instanceof View view) {
                Set<Uuid> members =
                        view.members().stream().map(member -> member.id()).collect(Collectors.toSet());
                index.adjust(event.getKey(), version, members);
            } else {
                certify((Observation) event.getValue());
            }
        }
    }

    private void certify(Observation observed) throws CorruptWriteSetException {
        byte[] bytes = sent.next(observed);
        long seqno = observed.seqno();
        OrderedWriteSet ordered = OrderedWriteSet.fromGroup(
                reader.read(ByteBuffer.wrap(bytes), 0, bytes.length, seqno, observed.source()), seqno);
        assertThat(ordered.lastSeen())
                .as("%s: what seqno %d had seen, beside what was purged", node, seqno)
                .isGreaterThanOrEqualTo(floor);
        totalStaleness += seqno - 1 - ordered.lastSeen();

        Verdict verdict = index.certify(ordered);

        neighbourhood.add(ordered, observed);
        assertThat(verdict == Verdict.PASSED)
                .as(() -> node + ": verdict, ours: " + ordered + neighbourhood.describe(ordered))
                .isEqualTo(observed.passed());
        failed += verdict == Verdict.PASSED ? 0 : 1;
        notLeft.add(ordered);
        if (observed.dependsOn() == Observation.UNKNOWN) {
            return;
        }
        comparedDependencies++;
        if (observed.dependsOn() > ordered.dependsOn()) {
            raiseFloor(observed, ordered);
        } else {
            assertThat(ordered.dependsOn())
                    .as(() -> node + ": dependency, ours: " + ordered + neighbourhood.describe(ordered))
                    .isEqualTo(observed.dependsOn());
        }
    }

    private void raiseFloor(Observation observed, OrderedWriteSet ordered) {
        floor = observed.dependsOn();
        floors++;
        assertThat(floor).as("%s: floor, ours: %s", node, ordered).isLessThanOrEqualTo(ordered.lastSeen());
        // the last to leave decides what is safe to discard: whoever had seen most
        notLeft.sort(Comparator.comparingLong(OrderedWriteSet::lastSeen));
        notLeft.forEach(index::left);
        notLeft.clear();
        assertThat(index.commitCut(floor)).as("%s: purge at %s", node, ordered).isEqualTo(floor);
    }
}
