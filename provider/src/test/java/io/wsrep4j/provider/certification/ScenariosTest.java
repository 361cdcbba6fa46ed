package io.wsrep4j.provider.certification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.Json;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * The worked scenarios of docs/spec/writeset-certification.md 9.2, all of them executed on Galera's own code (docs/spec/writeset-certification.md
 * docs/spec/writeset-certification.md checklist 26 to 45, 47 to 50 and 52).
 */
class ScenariosTest {

    private static final Json.Node VECTORS = Json.vectors("cert_scenarios.json");

    record Scenario(Json.Node node) {
        @Override
        public String toString() {
            return node.get("name").text();
        }
    }

    static Stream<Scenario> scenarios() {
        return VECTORS.get("scenarios").list().stream().map(Scenario::new);
    }

    private final Map<Long, OrderedWriteSet> appended = new HashMap<>();
    private CertificationIndex index;
    private int version;

    private static Set<Uuid> members(Json.Node view) {
        Set<Uuid> members = new HashSet<>();
        for (Json.Node member : view.get("members").list()) {
            members.add(Uuid.parse(
                    VECTORS.get("sources").get(String.valueOf(member.integer())).text()));
        }
        return members;
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void everyStepGivesTheStatedResult(Scenario scenario) throws CorruptWriteSetException {
        Json.Node node = scenario.node();
        version = node.get("cert_version").integer();
        CertificationOptions options = new CertificationOptions();
        options.setOptimisticParallelApplying(!node.get("config").has("optimistic_pa")
                || node.get("config").get("optimistic_pa").text().equals("yes"));
        options.setLogConflicts(true);
        index = new CertificationIndex(options, LoggerFactory.getLogger("scenario"));
        index.start(node.get("initial_position").number(), version);
        if (node.has("first_view")) {
            index.adjust(node.get("first_view").get("seqno").number(), version, members(node.get("first_view")));
        }
        int number = 0;
        for (Json.Node step : node.get("steps").list()) {
            run(step, scenario + " step " + number++);
        }
        if (node.has("stats")) {
            assertStatistics(node.get("stats"));
        }
    }

    private void run(Json.Node step, String what) throws CorruptWriteSetException {
        long seqno = step.has("seqno") ? step.get("seqno").number() : 0;
        switch (step.get("op").text()) {
            case "append" -> append(step, seqno, what);
            case "commit" -> index.left(appended.get(seqno));
            case "commit_cut" -> {
                index.commitCut(seqno);
                assertThat(index.lowestSeqno())
                        .as(what)
                        .isEqualTo(step.get("expect").get("lowest").number());
            }
            case "view" -> {
                version = step.has("version") ? step.get("version").integer() : version;
                index.adjust(seqno, version, members(step));
            }
            default -> throw new AssertionError(what);
        }
    }

    private void append(Json.Node step, long seqno, String what) throws CorruptWriteSetException {
        byte[] bytes = step.get("hex").bytes();
        ByteBuffer memory = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
        WriteSetReader reader = new WriteSetReader();
        WriteSet writeSet = reader.read(memory, 0, bytes.length, seqno, Uuid.UNDEFINED);
        boolean preload = step.has("preload") && step.get("preload").flag();
        if (preload) {
            writeSet.stampCertified(seqno, seqno - writeSet.parallelRange(), new MurmurHash128());
        }
        OrderedWriteSet ordered =
                preload ? OrderedWriteSet.fromHistory(writeSet) : OrderedWriteSet.fromGroup(writeSet, seqno);
        appended.put(seqno, ordered);

        Verdict verdict = index.certify(ordered);

        Json.Node expected = step.get("expect");
        assertThat(verdict)
                .as(what)
                .isEqualTo(expected.get("result").text().equals("OK") ? Verdict.PASSED : Verdict.FAILED);
        boolean marked =
                step.get("flags").list().stream().anyMatch(flag -> flag.text().equals("ROLLBACK"));
        assertThat(ordered.hasFailed())
                .as(what)
                .isEqualTo(verdict == Verdict.FAILED || marked && ordered.flags() != 0xA);
        assertThat(ordered.dependsOn())
                .as(what)
                .isEqualTo(expected.get("depends").number());
        if (expected.has("pa_range")) {
            WriteSet patched = reader.read(memory, 0, bytes.length, seqno, Uuid.UNDEFINED);
            assertThat(patched.isCertified() || patched.version() < 5).as(what).isTrue();
            assertThat(patched.seqnoField()).as(what).isEqualTo(seqno);
            assertThat(patched.parallelRange())
                    .as(what)
                    .isEqualTo(expected.get("pa_range").integer());
        }
        if (expected.has("ends_nbo")) {
            assertThat(ordered.endsNonBlocking())
                    .as(what)
                    .isEqualTo(expected.get("ends_nbo").number());
        } else {
            assertThat(ordered.endsNonBlocking()).as(what).isEqualTo(-1);
        }
    }

    private void assertStatistics(Json.Node expected) {
        CertificationStatistics statistics = index.statistics();
        assertThat(statistics.certified()).isEqualTo(expected.get("certified").number());
        assertThat(statistics.interval())
                .isCloseTo(expected.get("cert_interval").real(), within(1e-6));
        assertThat(statistics.depsDistance())
                .isCloseTo(expected.get("cert_deps_distance").real(), within(1e-6));
        assertThat(statistics.indexSize())
                .isEqualTo(expected.get("cert_index_size").number());
    }
}
