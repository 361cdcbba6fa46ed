package io.wsrep4j.jna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.StatusVariable;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.View;
import io.wsrep4j.api.ViewStatus;
import io.wsrep4j.api.WriteSetHandle;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Java host drives the real libgalera_smm.so. */
@Timeout(120)
@Tag("galera")
final class LibgaleraTest {

    private static final Path LIBRARY = Path.of("/usr/lib/galera/libgalera_smm.so");

    @TempDir
    Path directory;

    @BeforeEach
    void libraryIsThere() {
        assertThat(LIBRARY).as("install Debian's package galera-4").exists();
    }

    @Test
    void runs_a_whole_life_of_one_node() throws Exception {
        RecordingHost host = new RecordingHost();
        Provider galera = new NativeProvider(LIBRARY);
        galera.useAllowlist((kind, value) -> true);
        assertThat(galera.name()).isEqualTo("Galera");
        assertThat(galera.lastCommitted().isUndefined()).isTrue();
        assertThat(galera.receive(new RecordingHost.Context("early"))).isEqualTo(Status.FATAL);

        CompletableFuture<Status> receiver = bootstrap(host, galera, "n1");
        View first = host.views.get(0);
        assertThat(first.status()).isEqualTo(ViewStatus.PRIMARY);
        assertThat(first.members()).hasSize(1);
        assertThat(first.members().get(0).name()).isEqualTo("node-\u00e9");
        assertThat(galera.lastCommitted()).isEqualTo(first.stateId());

        commit(galera);
        definition(galera);
        assertThat(galera.syncWait(null, 10).status()).isEqualTo(Status.OK);

        assertThat(galera.status())
                .contains(new StatusVariable.Text("local_state_comment", "Synced"))
                .contains(new StatusVariable.Int64(
                        "last_committed", first.stateId().seqno() + 2));
        assertThat(galera.options()).contains("repl.max_ws_size = ");
        assertThat(galera.setOptions("repl.max_ws_size=1000000")).isEqualTo(Status.OK);
        assertThat(galera.options()).contains("repl.max_ws_size = 1000000");
        assertThat(galera.setOptions("no.such=1")).isEqualTo(Status.NODE_FAIL);
        assertThat(galera.pause()).isEqualTo(first.stateId().seqno() + 2);
        assertThat(galera.resume()).isEqualTo(Status.OK);
        assertThat(galera.abortCertification(-1, 4711).status()).isEqualTo(Status.OK);

        close(host, galera, receiver);
        assertThat(galera.release(new WriteSetHandle(7))).isEqualTo(Status.OK);
        assertThat(galera.status()).isEmpty();
    }

    @Test
    void two_providers_live_in_one_process() throws Exception {
        RecordingHost oneHost = new RecordingHost();
        RecordingHost otherHost = new RecordingHost();
        Provider one = new NativeProvider(LIBRARY);
        Provider other = new NativeProvider(LIBRARY);
        CompletableFuture<Status> oneReceiver = bootstrap(oneHost, one, "one");
        CompletableFuture<Status> otherReceiver = bootstrap(otherHost, other, "other");

        commit(one);
        commit(other);
        assertThat(one.lastCommitted().uuid())
                .as("two groups, two histories")
                .isNotEqualTo(other.lastCommitted().uuid());

        close(oneHost, one, oneReceiver);
        commit(other);
        close(otherHost, other, otherReceiver);
    }

    @Test
    void a_bad_option_is_refused_at_init() {
        RecordingHost host = new RecordingHost();
        Provider galera = new NativeProvider(LIBRARY);
        assertThat(host.init(galera, directory, "no.such.option=1")).isEqualTo(Status.NODE_FAIL);
        assertThat(host.log).anyMatch(line -> line.contains("no.such.option"));
    }

    @Test
    void a_file_that_is_no_provider_is_refused_by_name() throws IOException {
        Path text = Files.writeString(directory.resolve("libtext.so"), "no library");
        assertThatThrownBy(() -> new NativeProvider(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("libtext.so");
        assertThatThrownBy(() -> new NativeProvider(Path.of("/nowhere/libnone.so")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/nowhere/libnone.so");
    }

    private CompletableFuture<Status> bootstrap(RecordingHost host, Provider galera, String name) throws IOException {
        Path data = Files.createDirectories(directory.resolve(name));
        int port = freePort();
        String options = "base_port=" + port + ";gmcast.listen_addr=tcp://127.0.0.1:" + port + ";gcache.size=4M";
        assertThat(host.init(galera, data, options)).as("%s", host.log).isEqualTo(Status.OK);
        assertThat(galera.connect("group-" + name, "gcomm://", "", true))
                .as("%s", host.log)
                .isEqualTo(Status.OK);
        CompletableFuture<Status> receiver = host.receive("receiver");
        assertThat(host.next()).isEqualTo("connected");
        assertThat(host.next()).isEqualTo("view PRIMARY 1 on receiver");
        assertThat(host.next()).isEqualTo("synced");
        return receiver;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void commit(Provider provider) {
        WriteSetHandle handle = new WriteSetHandle(100);
        assertThat(provider.appendKey(handle, List.of(Key.of("db", "t", "row")), KeyType.EXCLUSIVE, true))
                .isEqualTo(Status.OK);
        assertThat(handle.opaque()).isNotNull();
        assertThat(provider.appendData(handle, List.of(ByteBuffer.wrap(new byte[100])), DataType.ORDERED, true))
                .isEqualTo(Status.OK);
        TransactionMeta meta = new TransactionMeta();
        int flags = TransactionFlags.TRX_START | TransactionFlags.TRX_END;
        assertThat(provider.certify(5, handle, flags, meta)).isEqualTo(Status.OK);
        assertThat(meta.isOrdered()).isTrue();
        assertThat(meta.transactionId()).isEqualTo(100);
        assertThat(provider.commitOrderEnter(handle, meta)).isEqualTo(Status.OK);
        assertThat(provider.commitOrderLeave(handle, meta, null)).isEqualTo(Status.OK);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(handle.opaque()).isNull();
        assertThat(provider.lastCommitted()).isEqualTo(meta.gtid());
    }

    private static void definition(Provider provider) {
        TransactionMeta meta = new TransactionMeta();
        int flags = TransactionFlags.TRX_START | TransactionFlags.TRX_END;
        assertThat(provider.toExecuteStart(
                        6, List.of(Key.of("db", "t")), List.of(ByteBuffer.wrap(new byte[10])), flags, meta))
                .isEqualTo(Status.OK);
        assertThat(meta.dependsOn()).isEqualTo(meta.seqno() - 1);
        assertThat(provider.toExecuteEnd(6, null)).isEqualTo(Status.OK);
    }

    private static void close(RecordingHost host, Provider provider, CompletableFuture<Status> receiver)
            throws Exception {
        assertThat(provider.disconnect()).isEqualTo(Status.OK);
        assertThat(receiver.get(RecordingHost.SECONDS, TimeUnit.SECONDS)).isEqualTo(Status.OK);
        assertThat(host.views.get(host.views.size() - 1).isFinal()).isTrue();
        provider.free();
        provider.free();
    }
}
