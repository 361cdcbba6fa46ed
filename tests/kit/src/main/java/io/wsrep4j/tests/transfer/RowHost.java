package io.wsrep4j.tests.transfer;

import io.netty.handler.ssl.SslContext;
import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.ProviderFactory;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.View;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.gcomm.netty.TlsContexts;
import io.wsrep4j.gcomm.transport.TransportException;
import io.wsrep4j.sst.SnapshotException;
import io.wsrep4j.sst.SnapshotProgress;
import io.wsrep4j.sst.SnapshotReceiver;
import io.wsrep4j.sst.SnapshotRequest;
import io.wsrep4j.sst.SnapshotSender;
import io.wsrep4j.sst.SnapshotSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A host in Java: a table of rows in memory, replicated by our provider, given to joiners by the streamed snapshot. Thread-safe. */
public final class RowHost implements Host, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(RowHost.class);
    private static final int WHOLE = TransactionFlags.TRX_START | TransactionFlags.TRX_END;

    private final String name;
    private final Provider provider = ServiceLoader.load(ProviderFactory.class)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no ProviderFactory is registered"))
            .create();
    private final Map<String, byte[]> rows = new ConcurrentSkipListMap<>();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong applied = new AtomicLong();
    private final CountDownLatch synced = new CountDownLatch(1);
    private final CompletableFuture<Gtid> received = new CompletableFuture<>();
    private final RowSnapshot.Gate gate;
    private Optional<TlsContexts> tls = Optional.empty();
    private Thread applier;
    private volatile Status receiving;

    private record Context() implements ApplierContext {}

    /** @param gate asked before each piece of a snapshot is taken */
    public RowHost(String name, RowSnapshot.Gate gate) {
        this.name = name;
        this.gate = gate;
    }

    /** Joins, or forms the group if there is no address. */
    public void start(Path directory, int port, Map<String, String> options, String address, String donor)
            throws TransportException {
        tls = TlsContexts.of(options);
        String text = "base_host=127.0.0.1;base_port=" + port + ";gmcast.listen_addr="
                + (tls.isPresent() ? "ssl" : "tcp") + "://127.0.0.1:" + port + ";gcache.size=32M;"
                + options.entrySet().stream()
                        .map(option -> option.getKey() + "=" + option.getValue())
                        .collect(Collectors.joining(";"));
        InitArguments arguments =
                new InitArguments(name, "127.0.0.1", "127.0.0.1:0", directory, text, 4, Gtid.UNDEFINED);
        require(provider.init(arguments, this), "init");
        require(provider.connect("rows", "gcomm://" + address, donor, address.isEmpty()), "connect");
        applier = new Thread(() -> receiving = provider.receive(new Context()), name + "-applier");
        applier.setDaemon(true);
        applier.start();
    }

    private void require(Status status, String what) {
        if (status != Status.OK) {
            throw new IllegalStateException(name + ": " + what + " answered " + status);
        }
    }

    /** Waits until this node has caught up. */
    public boolean awaitSynced(long seconds) throws InterruptedException {
        return synced.await(seconds, TimeUnit.SECONDS);
    }

    /** How receiving a snapshot ended. */
    public CompletableFuture<Gtid> received() {
        return received;
    }

    public Map<String, byte[]> rows() {
        return rows;
    }

    /** How many events came from the others. */
    public long applied() {
        return applied.get();
    }

    public long lastCommitted() {
        return provider.lastCommitted().seqno();
    }

    /** Writes one row as a transaction of this node. */
    public void write(String key, byte[] value) {
        WriteSetHandle handle = new WriteSetHandle(transactions.incrementAndGet());
        TransactionMeta meta = new TransactionMeta();
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        ByteBuffer data = ByteBuffer.allocateDirect(1 + keyBytes.length + value.length)
                .put((byte) keyBytes.length)
                .put(keyBytes)
                .put(value)
                .flip();
        require(provider.appendKey(handle, List.of(Key.of("rows", key)), KeyType.EXCLUSIVE, true), "append key");
        require(provider.appendData(handle, List.of(data), DataType.ORDERED, true), "append data");
        require(provider.certify(1, handle, WHOLE, meta), "certify");
        require(provider.commitOrderEnter(handle, meta), "enter");
        rows.put(key, value);
        require(provider.commitOrderLeave(handle, meta, null), "leave");
        require(provider.release(handle), "release");
    }

    @Override
    public ApplyResult apply(
            ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta) {
        byte[] key = new byte[data.get()];
        data.get(key);
        byte[] value = new byte[data.remaining()];
        data.get(value);
        if (provider.commitOrderEnter(handle, meta) != Status.OK) {
            return ApplyResult.FAILURE;
        }
        rows.put(new String(key, StandardCharsets.UTF_8), value);
        applied.incrementAndGet();
        return provider.commitOrderLeave(handle, meta, null) == Status.OK ? ApplyResult.SUCCESS : ApplyResult.FAILURE;
    }

    @Override
    public ByteBuffer sstRequest() {
        SslContext server = tls.map(TlsContexts::server).orElse(null);
        try {
            SnapshotReceiver receiver = SnapshotReceiver.listen(
                    SnapshotSettings.of(name, server),
                    new InetSocketAddress("127.0.0.1", 0),
                    null,
                    new RowSnapshot.Sink(rows, gate),
                    SnapshotProgress.NONE);
            receiver.end().whenComplete((position, failure) -> {
                provider.sstReceived(failure == null ? position : Gtid.UNDEFINED, null, code(failure));
                if (failure == null) {
                    received.complete(position);
                } else {
                    received.completeExceptionally(failure);
                }
            });
            return receiver.request();
        } catch (SnapshotException e) {
            LOGGER.error("{}: {}", name, e.getMessage());
            return null;
        }
    }

    @Override
    public CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass) {
        SnapshotSettings settings =
                SnapshotSettings.of(name, tls.map(TlsContexts::client).orElse(null));
        try {
            SnapshotRequest wanted = SnapshotRequest.parse(request);
            SnapshotSender sender = bypass
                    ? SnapshotSender.sendBypass(settings, wanted, stateId)
                    : SnapshotSender.send(
                            settings, wanted, stateId, () -> new RowSnapshot.Source(rows), SnapshotProgress.NONE);
            sender.end().whenComplete((sent, failure) -> provider.sstSent(stateId, code(failure)));
            return CallbackStatus.SUCCESS;
        } catch (SnapshotException | IOException | IllegalArgumentException e) {
            LOGGER.error("{}: {}", name, e.getMessage());
            return CallbackStatus.FAILURE;
        }
    }

    private static int code(Throwable failure) {
        if (failure == null) {
            return 0;
        }
        return failure instanceof SnapshotException known ? -known.errno() : -Errno.EIO;
    }

    @Override
    public void log(LogLevel level, String message) {
        LOGGER.debug("{}: {} {}", name, level, message);
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
    public CallbackStatus synced() {
        synced.countDown();
        return CallbackStatus.SUCCESS;
    }

    /** Leaves the group. A host that could not receive its snapshot has left it already. */
    @Override
    public void close() {
        Status disconnected = provider.disconnect();
        try {
            if (applier != null) {
                applier.join(TimeUnit.SECONDS.toMillis(60));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (applier != null && applier.isAlive()) {
            throw new IllegalStateException(name + ": the applier did not end");
        }
        provider.free();
        if (!received.isCompletedExceptionally()) {
            require(disconnected, "disconnect");
            require(receiving, "receive");
        }
    }
}
