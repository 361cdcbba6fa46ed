package io.wsrep4j.jna;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.wsrep4j.api.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The library as a host sees it before any provider exists, and hosts that break the rules (docs/spec/wsrep-api-v26.md checklist 1 to 5, 11, 46, bad
 * input).
 */
@Timeout(60)
final class ShimTest {

    static final Path LIBRARY = Path.of("target/c/libwsrep4j.so").toAbsolutePath();

    private static final int RTLD_NOW = 2;
    private static final int VTABLE_BYTES = 360;
    private static final int FIRST_HOST_MEMBER = 344;

    private final NativeLibrary library = NativeLibrary.getInstance(LIBRARY.toString(), Map.of("open-flags", RTLD_NOW));

    @Test
    void exports_what_a_host_looks_up_and_nothing_else() throws Exception {
        Process nm = new ProcessBuilder("nm", "-D", "--defined-only", "--format=posix", LIBRARY.toString())
                .redirectErrorStream(true)
                .start();
        List<String> symbols = new String(nm.getInputStream().readAllBytes())
                .lines()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
        assertThat(nm.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(symbols)
                .containsExactlyInAnyOrder(
                        "wsrep_loader",
                        "wsrep_interface_version",
                        "wsrep_init_allowlist_service_v1",
                        "wsrep_deinit_allowlist_service_v1",
                        "wsrep_init_event_service_v1",
                        "wsrep_deinit_event_service_v1",
                        "wsrep_init_config_service_v1",
                        "wsrep_deinit_config_service_v1",
                        "wsrep_node_isolation_mode_set_v1",
                        "wsrep_certify_v1");
    }

    @Test
    void the_config_service_of_a_provider_that_is_not_initialised_fails_and_calls_nobody() {
        Memory service = new Memory(Native.POINTER_SIZE);
        service.clear();
        Function init = library.getFunction("wsrep_init_config_service_v1");
        assertThat(init.invokeInt(new Object[] {null})).isNotZero();
        assertThat(init.invokeInt(new Object[] {service})).isZero();
        Function getParameters = Function.getFunction(service.getPointer(0));
        Pointer anyFunction = library.getFunction("wsrep_loader");
        assertThat(getParameters.invokeInt(new Object[] {dirtyTable(), anyFunction, null}))
                .isEqualTo(Status.FATAL.code());
        assertThat(getParameters.invokeInt(new Object[] {dirtyTable(), null, null}))
                .isEqualTo(Status.FATAL.code());
        library.getFunction("wsrep_deinit_config_service_v1").invokeVoid(new Object[0]);
    }

    @Test
    void the_interface_version_is_a_text_behind_a_pointer() {
        Pointer variable = library.getGlobalVariableAddress("wsrep_interface_version");
        assertThat(variable.getPointer(0).getString(0)).isEqualTo("26");
    }

    @Test
    void the_loader_fills_every_member_of_a_dirty_table() {
        Memory table = dirtyTable();
        for (int offset = 0; offset < FIRST_HOST_MEMBER; offset += Native.POINTER_SIZE) {
            assertThat(table.getLong(offset)).as("member at offset %d", offset).isNotIn(0L, -1L);
        }
        assertThat(table.getPointer(0).getString(0)).isEqualTo("26");
        assertThat(table.getLong(352)).as("ctx").isZero();
        assertThat(library.getFunction("wsrep_loader").invokeInt(new Object[] {null}))
                .isNotZero();
    }

    private Memory dirtyTable() {
        Memory table = new Memory(VTABLE_BYTES);
        table.setMemory(0, VTABLE_BYTES, (byte) 0xFF);
        assertThat(library.getFunction("wsrep_loader").invokeInt(new Object[] {table}))
                .isZero();
        return table;
    }

    @Test
    void the_allowlist_service_may_be_initialised_twice() {
        Memory service = new Memory(16);
        service.setPointer(0, library.getFunction("wsrep_loader")); // any function: it is not called here
        service.setPointer(8, null);
        Function init = library.getFunction("wsrep_init_allowlist_service_v1");
        Function deinit = library.getFunction("wsrep_deinit_allowlist_service_v1");
        assertThat(init.invokeInt(new Object[] {service})).isZero();
        assertThat(init.invokeInt(new Object[] {service})).isZero();
        assertThat(init.invokeInt(new Object[] {null})).isNotZero();
        deinit.invokeVoid(new Object[0]);
        deinit.invokeVoid(new Object[0]);
        deinit.invokeVoid(new Object[0]);
    }

    @Test
    void isolation_knows_three_modes() {
        Function set = library.getFunction("wsrep_node_isolation_mode_set_v1");
        assertThat(set.invokeInt(new Object[] {7})).isEqualTo(1);
        assertThat(set.invokeInt(new Object[] {0})).isZero();
    }

    @Test
    void every_function_answers_a_status_before_init_and_to_null_arguments() {
        Memory table = dirtyTable();
        Memory meta = new Memory(64);
        meta.clear();
        Memory handle = new Memory(16);
        handle.clear();
        Memory seqno = new Memory(24);
        for (Pointer self : new Pointer[] {table, null}) {
            assertThat(call(table, Vtable.INIT, self, null)).isEqualTo(Status.NODE_FAIL);
            assertThat(call(table, Vtable.CONNECT, self, null, null, null, 1)).isEqualTo(Status.NODE_FAIL);
            assertThat(call(table, Vtable.DISCONNECT, self)).isEqualTo(Status.OK);
            assertThat(call(table, Vtable.RECV, self, null)).isEqualTo(Status.FATAL);
            assertThat(call(table, Vtable.APPEND_KEY, self, handle, null, 1L, 0, 1))
                    .isEqualTo(Status.CONNECTION_FAIL);
            assertThat(call(table, Vtable.APPEND_DATA, self, null, null, 1L, 0, 1))
                    .isEqualTo(Status.CONNECTION_FAIL);
            assertThat(call(table, Vtable.CERTIFY, self, 1L, handle, 0x41, meta))
                    .isEqualTo(Status.CONNECTION_FAIL);
            assertThat(meta.getLong(16)).as("unordered").isEqualTo(-1);
            assertThat(call(table, Vtable.CERTIFY, self, 1L, null, 0x41, null)).isEqualTo(Status.NODE_FAIL);
            assertThat(call(table, Vtable.COMMIT_ORDER_ENTER, self, handle, meta))
                    .isEqualTo(Status.NODE_FAIL);
            assertThat(call(table, Vtable.COMMIT_ORDER_LEAVE, self, null, null, null))
                    .isEqualTo(Status.NODE_FAIL);
            assertThat(call(table, Vtable.RELEASE, self, handle)).isEqualTo(Status.OK);
            assertThat(call(table, Vtable.RELEASE, self, null)).isEqualTo(Status.NODE_FAIL);
            assertThat(call(table, Vtable.REPLAY_TRX, self, handle, null)).isEqualTo(Status.NODE_FAIL);
            assertThat(call(table, Vtable.ABORT_CERTIFICATION, self, 1L, 1L, null))
                    .isEqualTo(Status.CONNECTION_FAIL);
            assertThat(call(table, Vtable.ROLLBACK, self, 1L, null)).isEqualTo(Status.TRANSACTION_FAIL);
            assertThat(call(table, Vtable.SYNC_WAIT, self, null, 1, null)).isEqualTo(Status.CONNECTION_FAIL);
            assertThat(call(table, Vtable.LAST_COMMITTED_ID, self, seqno)).isEqualTo(Status.OK);
            assertThat(seqno.getLong(16)).isEqualTo(-1);
            assertThat(call(table, Vtable.LAST_COMMITTED_ID, self, null)).isEqualTo(Status.NODE_FAIL);
            assertThat(call(table, Vtable.TO_EXECUTE_START, self, 1L, null, 1L, null, 0L, 0x41, meta))
                    .isEqualTo(Status.CONNECTION_FAIL);
            assertThat(call(table, Vtable.TO_EXECUTE_END, self, 1L, null)).isEqualTo(Status.CONNECTION_FAIL);
            assertThat(call(table, Vtable.PREORDERED_COLLECT, self, null, null, 0L, 1))
                    .isEqualTo(Status.TRANSACTION_FAIL);
            assertThat(call(table, Vtable.SST_SENT, self, null, 0)).isEqualTo(Status.CONNECTION_FAIL);
            assertThat(call(table, Vtable.SST_RECEIVED, self, null, null, 0)).isEqualTo(Status.CONNECTION_FAIL);
            assertThat(call(table, Vtable.OPTIONS_SET, self, null)).isEqualTo(Status.NODE_FAIL);
            assertThat(call(table, Vtable.ENC_SET_KEY, self, null)).isEqualTo(Status.NODE_FAIL);
            assertThat(call(table, Vtable.RESUME, self)).isEqualTo(Status.NODE_FAIL);
            assertThat(function(table, Vtable.PAUSE).invokeLong(new Object[] {self}))
                    .isEqualTo(-1);
            assertThat(function(table, Vtable.OPTIONS_GET).invokePointer(new Object[] {self}))
                    .isNull();
            assertThat(function(table, Vtable.STATS_GET).invokePointer(new Object[] {self}))
                    .isNull();
            function(table, Vtable.STATS_FREE).invokeVoid(new Object[] {self, null});
            function(table, Vtable.FREE).invokeVoid(new Object[] {self});
        }
    }

    @Test
    void releasing_nothing_a_million_times_costs_next_to_nothing() {
        Memory table = dirtyTable();
        Memory handle = new Memory(16);
        handle.setLong(0, -1);
        handle.setPointer(8, null);
        Function release = function(table, Vtable.RELEASE);
        Object[] arguments = {table, handle};
        for (int i = 0; i < 1_000_000; i++) {
            if (release.invokeInt(arguments) != 0) {
                throw new AssertionError("release number " + i + " was refused");
            }
        }
    }

    private static Function function(Memory table, int offset) {
        return Function.getFunction(table.getPointer(offset));
    }

    private static Status call(Memory table, int offset, Object... arguments) {
        return Status.ofCode(function(table, offset).invokeInt(arguments));
    }
}
