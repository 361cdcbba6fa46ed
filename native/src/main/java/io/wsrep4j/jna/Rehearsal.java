package io.wsrep4j.jna;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.View;
import io.wsrep4j.api.WriteSetHandle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Goes through the start of a server, a transaction and the stop, so that the JVM learns which classes these need; the script prepare-start runs
 * it. The library is loaded into this JVM as a server would load it into its process.
 */
final class Rehearsal implements Host {

    private static final int COMMIT = TransactionFlags.TRX_START | TransactionFlags.TRX_END;
    private static final long SYNCED_WITHIN_SECONDS = 60;

    private final Semaphore synced = new Semaphore(0);

    private Rehearsal() {}

    /**
     * Arguments: the library, and a folder for the files of the provider.
     *
     * @throws IllegalStateException if a step does not go as it should
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path library = Path.of(arguments[0]);
        Path directory = Path.of(arguments[1]);
        new Rehearsal().life(library, directory); // lays the files
        new Rehearsal().life(library, directory); // finds them
    }

    private void life(Path library, Path directory) throws IOException, InterruptedException {
        Provider provider = new NativeProvider(library);
        int port = freePort();
        require(
                "init",
                provider.init(
                        new InitArguments(
                                "rehearsal",
                                "127.0.0.1",
                                "127.0.0.1:3306",
                                directory,
                                "gcache.size=1M;base_port=" + port + ";gmcast.listen_addr=tcp://127.0.0.1:" + port,
                                4,
                                Gtid.UNDEFINED),
                        this));
        require("connect", provider.connect("rehearsal", "gcomm://", "", true));
        Thread receiver = new Thread(() -> provider.receive(new ApplierContext() {}), "receiver");
        receiver.start();
        if (!synced.tryAcquire(SYNCED_WITHIN_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("not synced within " + SYNCED_WITHIN_SECONDS + " seconds");
        }
        provider.options();
        provider.status();
        commit(provider);
        require("disconnect", provider.disconnect());
        receiver.join();
        provider.free();
    }

    private static void commit(Provider provider) {
        WriteSetHandle handle = new WriteSetHandle(1);
        TransactionMeta meta = new TransactionMeta();
        Key key = new Key(List.of(bytes(), bytes(), bytes()));
        require("append_key", provider.appendKey(handle, List.of(key), KeyType.EXCLUSIVE, true));
        require("append_data", provider.appendData(handle, List.of(bytes()), DataType.ORDERED, true));
        require("certify", provider.certify(1, handle, COMMIT, meta));
        require("commit_order_enter", provider.commitOrderEnter(handle, meta));
        require("commit_order_leave", provider.commitOrderLeave(handle, meta, null));
        require("release", provider.release(handle));
    }

    private static ByteBuffer bytes() {
        return ByteBuffer.wrap(new byte[] {1, 2, 3});
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void require(String step, Status status) {
        if (status != Status.OK) {
            throw new IllegalStateException(step + " answered " + status);
        }
    }

    @Override
    public void log(LogLevel level, String message) {
        System.out.println(level + " " + message);
    }

    @Override
    public CallbackStatus connected(View view) {
        return CallbackStatus.SUCCESS;
    }

    @Override
    public CallbackStatus view(ApplierContext context, View view) {
        return CallbackStatus.SUCCESS;
    }

    @Override
    public ByteBuffer sstRequest() {
        return ByteBuffer.allocate(0);
    }

    @Override
    public CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass) {
        return CallbackStatus.FAILURE;
    }

    @Override
    public ApplyResult apply(
            ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta) {
        return meta.seqno() == Seqno.UNDEFINED ? ApplyResult.FAILURE : ApplyResult.SUCCESS;
    }

    @Override
    public CallbackStatus synced() {
        synced.release();
        return CallbackStatus.SUCCESS;
    }
}
