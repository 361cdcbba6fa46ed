package io.wsrep4j.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Parameter;
import io.wsrep4j.api.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** docs/spec/options-status.md 4.1: what hosts that make a variable of each option are told of each. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class ParametersTest {

    /** docs/spec/options-status.md 18.5. */
    private static final Set<String> OURS_ALONE = Set.of(
            "cert.max_index_size",
            "gcache.encryption",
            "gcache.encryption_cache_page_size",
            "gcache.encryption_cache_size",
            "gcache.freeze_purge_at_seqno",
            "gcache.keep_pages_count",
            "ist.silence_timeout",
            "repl.leave_timeout");

    /** Paths and ports of the one node, which the other cannot have. */
    private static final Set<String> OF_THE_NODE = Set.of("base_dir", "base_port", "gcache.dir", "gmcast.listen_addr");

    private static final String CHANGES =
            "gcs.fc_limit=32K;gcs.fc_factor=0.125;evs.suspect_timeout=PT7.5S;pc.weight=3;cert.log_conflicts=yes;"
                    + "evs.info_log_mask=0x3;repl.key_format=FLAT16;repl.causal_read_timeout=PT0.25S;evs.send_window=8;"
                    + "socket.recv_buf_size=1M;gcache.page_size=64M;gcs.recv_q_soft_limit=0.5;evs.use_aggregate=no";

    @TempDir
    Path directory;

    private Map<String, Parameter> of(ProviderKind kind, String changes) throws Exception {
        Path own = Files.createDirectories(directory.resolve(kind.name()));
        try (ConformanceNode node = ConformanceNode.synced(kind, own)) {
            assertThat(node.provider.setOptions(changes))
                    .as("%s", node.host.log)
                    .isEqualTo(Status.OK);
            return byName(node.provider.parameters());
        }
    }

    private static Map<String, Parameter> byName(List<Parameter> parameters) {
        Map<String, Parameter> byName = new LinkedHashMap<>();
        parameters.forEach(parameter -> assertThat(byName.put(parameter.name(), parameter))
                .as(parameter.name())
                .isNull());
        assertThat(List.copyOf(byName.keySet())).isSorted();
        return byName;
    }

    @Test
    void ofAConnectedNodeTheyAreGalerasAndOurOwn() throws Exception {
        compare("");
    }

    @Test
    void changesAtRunTimeAreSeenAlike() throws Exception {
        compare(CHANGES);
    }

    private void compare(String changes) throws Exception {
        Map<String, Parameter> theirs = of(ProviderKind.GALERA, changes);
        Map<String, Parameter> ours = of(ProviderKind.WSREP4J, changes);
        assertThat(theirs).hasSize(88);
        assertThat(ours.keySet()).containsAll(OURS_ALONE);
        ours.keySet().removeAll(OURS_ALONE);
        // a count; 26.4.23 takes it for a switch, and fails when it is one
        assertThat(ours.remove("evs.auto_evict"))
                .isEqualTo(new Parameter("evs.auto_evict", new Parameter.Int64(0), false, true));
        theirs.remove("evs.auto_evict");
        for (String name : OF_THE_NODE) {
            ours.put(name, like(theirs.get(name), ours.get(name)));
        }
        assertThat(ours).containsExactlyInAnyOrderEntriesOf(theirs);
    }

    /** The expected parameter, if the other is like it in all but the value. */
    private static Parameter like(Parameter expected, Parameter actual) {
        boolean alike = actual.value().getClass() == expected.value().getClass()
                && actual.equals(
                        new Parameter(expected.name(), actual.value(), expected.deprecated(), expected.readOnly()));
        return alike ? expected : actual;
    }

    @Test
    void beforeConnectTheDefaultsAreThereThatConnectWillShow() {
        ConformanceNode node = new ConformanceNode(ProviderKind.WSREP4J, directory);
        try (node) {
            assertThat(node.provider.parameters()).isEmpty();
            assertThat(node.init("evs.auto_evict=-1;evs.keepalive_period=PT0.5S"))
                    .isEqualTo(Status.OK);
            Map<String, Parameter> before = byName(node.provider.parameters());
            assertThat(before.get("evs.auto_evict").value()).isEqualTo(new Parameter.Int64(-1));
            assertThat(before.get("evs.keepalive_period").value()).isEqualTo(new Parameter.Real(0.5));
            assertThat(before.get("pc.linger").value()).isEqualTo(new Parameter.Real(20));
            assertThat(before.get("evs.use_aggregate").value()).isEqualTo(new Parameter.Switch(true));
            assertThat(node.provider.setOptions("base_port=whatever")).isEqualTo(Status.OK);
            assertThat(byName(node.provider.parameters()).get("base_port").value())
                    .isEqualTo(new Parameter.Int64(0));
        }
    }
}
