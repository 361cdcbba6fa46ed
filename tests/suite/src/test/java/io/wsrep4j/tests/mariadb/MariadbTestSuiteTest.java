package io.wsrep4j.tests.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * MariaDB's own suite galera passes with our provider. Its program also fails a test for any warning in the servers' logs that Galera would
 * not give. A short choice of the list runs every time, all of it with the long effort and by {@code ./wsrep4j test mtr}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
final class MariadbTestSuiteTest {

    private static final boolean LONG = "long".equals(System.getProperty("wsrep4j.effort", "ci"));

    /** One each of: vote and restart, brute-force abort, foreign keys, write set sizes, total order, streaming. */
    private static final List<String> SHORT = List.of(
            "galera_gra_log",
            "galera_bf_abort_lock_table",
            "galera_fk_cascade_update",
            "galera_repl_max_ws_size",
            "galera_toi_lock_exclusive",
            "wsrep_trx_fragment_size_sr");

    @Test
    void the_suite_galera_passes() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();

        int code = run(LONG ? MariadbTestRun.all() : SHORT, output);

        assertThat(code).as(output.toString(StandardCharsets.UTF_8)).isZero();
    }

    @Test
    void a_test_that_does_not_exist_is_no_success() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();

        int code = run(List.of("galera_no_such_test"), output);

        assertThat(code).isNotZero();
        assertThat(output.toString(StandardCharsets.UTF_8)).contains("galera_no_such_test");
    }

    private static int run(List<String> tests, ByteArrayOutputStream output) throws Exception {
        try (PrintStream lines = new PrintStream(output, true, StandardCharsets.UTF_8)) {
            return MariadbTestRun.run(Providers.wsrep4j(), tests, lines);
        }
    }
}
