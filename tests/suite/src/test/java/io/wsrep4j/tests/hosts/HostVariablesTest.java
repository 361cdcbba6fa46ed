package io.wsrep4j.tests.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.Release;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/spec/options-status.md 4.1: the variables that a server makes of a provider's options, ours beside those of Galera's library. */
@Timeout(300)
@Tag("hosts")
final class HostVariablesTest {

    /** The server's own; each start has another value, or the provider's file is in it. */
    private static final String OF_A_START =
            "'wsrep_provider', 'wsrep_provider_options', 'wsrep_start_position', 'wsrep_sst_receive_address'";

    /** docs/spec/options-status.md 18.5: ours alone, with what a server makes of each: default, type, read-only. */
    private static final Map<String, String> OURS_ALONE = Map.of(
            "WSREP_PROVIDER_CERT_MAX_INDEX_SIZE", "2147483648 BIGINT NO",
            "WSREP_PROVIDER_GCACHE_ENCRYPTION", "OFF BOOLEAN YES",
            "WSREP_PROVIDER_GCACHE_ENCRYPTION_CACHE_PAGE_SIZE", "32768 BIGINT YES",
            "WSREP_PROVIDER_GCACHE_ENCRYPTION_CACHE_SIZE", "16777216 BIGINT YES",
            "WSREP_PROVIDER_GCACHE_FREEZE_PURGE_AT_SEQNO", "-1 VARCHAR NO",
            "WSREP_PROVIDER_GCACHE_KEEP_PAGES_COUNT", "0 BIGINT NO",
            "WSREP_PROVIDER_IST_SILENCE_TIMEOUT", "300.000000 DOUBLE YES",
            "WSREP_PROVIDER_REPL_LEAVE_TIMEOUT", "600.000000 DOUBLE YES");

    /** A count; Galera's library of these releases takes it for a switch. */
    private static final String AUTO_EVICT = "WSREP_PROVIDER_EVS_AUTO_EVICT";

    private static final Map<String, List<String>> TRIED = Map.of(
            "BOOLEAN", List.of("0", "1"),
            "BIGINT", List.of("0", "1", "-1", "2", "10", "1000000", "9223372036854775807"),
            "DOUBLE", List.of("0", "0.5", "1", "7.5", "-1", "0.01", "1e6"),
            "VARCHAR", List.of("'x'", "''", "'0x3'", "'FLAT16'", "'1M'"));

    /** What a server made of one option. */
    private record Variable(String value, String start, String type, boolean readOnly) {
        @Override
        public String toString() {
            return start + " " + type + (readOnly ? " YES" : " NO");
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MARIADB_10_11", mode = EnumSource.Mode.EXCLUDE)
    void eachOptionIsAVariableAsWithGalerasLibraryAndChangesAlike(Release release) throws Exception {
        Releases.demand(release);
        try (MariaDbServer server =
                MariaDbServer.named("variables").release(release).create()) {
            Map<String, Variable> theirs = new TreeMap<>();
            Map<String, String> theirOutcomes = observe(server, release.galera(), theirs);
            Map<String, Variable> ours = new TreeMap<>();
            Map<String, String> ourOutcomes = observe(server, Providers.wsrep4j(), ours);

            assertThat(theirs).as("138 without those of a start").hasSizeGreaterThanOrEqualTo(134);
            OURS_ALONE.forEach((name, expected) ->
                    assertThat(String.valueOf(ours.remove(name))).as(name).isEqualTo(expected));
            assertThat(theirs.remove(AUTO_EVICT)).hasToString("OFF BOOLEAN YES");
            assertThat(ours.remove(AUTO_EVICT)).hasToString("0 BIGINT YES");
            assertThat(ours).isEqualTo(theirs);
            assertThat(theirOutcomes).hasSizeGreaterThan(150);
            assertThat(ourOutcomes).containsAllEntriesOf(theirOutcomes);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MARIADB_10_11")
    void withoutSuchVariablesTheListIsTheSame(Release release) throws Exception {
        try (MariaDbServer server =
                MariaDbServer.named("variables").release(release).create()) {
            Map<String, Variable> theirs = new TreeMap<>();
            observe(server, release.galera(), theirs);
            Map<String, Variable> ours = new TreeMap<>();
            observe(server, Providers.wsrep4j(), ours);
            assertThat(ours).isEqualTo(theirs).hasSizeGreaterThan(40);
        }
    }

    private static Map<String, String> observe(MariaDbServer server, Path provider, Map<String, Variable> variables)
            throws Exception {
        server.changeProvider(provider).bootstrap();
        Map<String, String> outcomes = new LinkedHashMap<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            variables.putAll(read(statement));
            for (Map.Entry<String, Variable> variable : variables.entrySet()) {
                if (variable.getKey().startsWith("WSREP_PROVIDER_")
                        && !variable.getValue().readOnly()
                        && !OURS_ALONE.containsKey(variable.getKey())) {
                    tryAll(statement, variable.getKey(), variable.getValue(), outcomes);
                }
            }
            if (!outcomes.isEmpty()) {
                outcomes.put("read-only", attempt(statement, "SET GLOBAL wsrep_provider_gcache_size = 1"));
                outcomes.put("options", attempt(statement, "SET GLOBAL wsrep_provider_options = 'gcs.fc_limit=8'"));
            }
        }
        server.stop();
        return outcomes;
    }

    private static Map<String, Variable> read(Statement statement) throws SQLException {
        Map<String, Variable> variables = new TreeMap<>();
        try (ResultSet rows =
                statement.executeQuery("SELECT variable_name, global_value, default_value, variable_type, read_only"
                        + " FROM information_schema.system_variables WHERE variable_name LIKE 'wsrep%'"
                        + " AND variable_name NOT IN (" + OF_A_START + ")")) {
            while (rows.next()) {
                variables.put(
                        rows.getString(1),
                        new Variable(
                                rows.getString(2),
                                rows.getString(3),
                                rows.getString(4),
                                rows.getString(5).equals("YES")));
            }
        }
        return variables;
    }

    /** Each value by itself: the one before is put back. */
    private static void tryAll(Statement statement, String name, Variable variable, Map<String, String> outcomes)
            throws SQLException {
        boolean text = variable.type().equals("VARCHAR");
        String before = text ? "'" + variable.value() + "'" : variable.value();
        List<String> values = new ArrayList<>(TRIED.get(variable.type()));
        values.add(before);
        // Galera's library ends the server with anything else (docs/spec/gcache.md 11)
        values.removeIf(value -> name.equals("WSREP_PROVIDER_GCACHE_MEM_SIZE") && !value.equals("0"));
        for (String value : values) {
            String set = "SET GLOBAL " + name + " = " + value;
            String answer = attempt(statement, set);
            outcomes.put(
                    set, answer + ": " + one(statement, "SELECT @@GLOBAL." + name) + ", " + shown(statement, name));
            attempt(statement, "SET GLOBAL " + name + " = " + before);
        }
    }

    /** What wsrep_provider_options says of it. */
    private static String shown(Statement statement, String variable) throws SQLException {
        return List.of(one(statement, "SELECT @@GLOBAL.wsrep_provider_options").split("; ")).stream()
                .filter(pair ->
                        ("WSREP_PROVIDER_" + pair.split(" = ", 2)[0].replace('.', '_')).equalsIgnoreCase(variable))
                .collect(Collectors.joining());
    }

    private static String one(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private static String attempt(Statement statement, String sql) {
        try {
            statement.execute(sql);
            return "done";
        } catch (SQLException e) {
            return "error " + e.getErrorCode();
        }
    }
}
