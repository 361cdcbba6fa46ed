package io.wsrep4j.jna;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.EncryptContext;
import io.wsrep4j.api.EncryptDirection;
import io.wsrep4j.api.EventService;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.View;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;

/** The native host that loaded us. Thread-safe as {@link Host} asks. */
final class NativeHost implements Host {

    private static final int EXIT_LOOP = 0x100;
    private static final int STATUS_MASK = 0xFF;

    private final long address;
    private final HostLog log;

    NativeHost(long address, HostLog log) {
        this.address = address;
        this.log = log;
    }

    @Override
    public void log(LogLevel level, String message) {
        log.log(level, message);
    }

    @Override
    public CallbackStatus connected(View view) {
        return status(Trampolines.connected(address, ViewImage.write(view)));
    }

    @Override
    public CallbackStatus view(ApplierContext context, View view) {
        return status(Trampolines.view(((ApplierSlot) context).address, ViewImage.write(view)));
    }

    @Override
    public CallbackStatus componentLost(View view) {
        return status(Trampolines.componentLost(address, ViewImage.write(view)));
    }

    @Override
    public CallbackStatus synced() {
        return status(Trampolines.synced(address));
    }

    /**
     * Ends the process as the reference does here, but without a core: the server waits for its state and has no way out of it in order, and
     * static destructors must not run under its threads. Exit code 1, so that a supervisor does not start it again (Debian's unit restarts on
     * an abort): the cause is not gone by itself.
     */
    @Override
    public void terminate() {
        NativeLibrary.getInstance(Platform.C_LIBRARY_NAME).getFunction("_exit").invokeVoid(new Object[] {1});
    }

    @Override
    public ByteBuffer sstRequest() {
        Memory out = new Memory(2L * Native.POINTER_SIZE);
        out.clear();
        int result = Trampolines.sstRequest(address, out, out.share(Native.POINTER_SIZE));
        Pointer request = out.getPointer(0);
        long length = out.getLong(Native.POINTER_SIZE);
        try {
            if (result != 0 || length > Integer.MAX_VALUE) {
                return null;
            }
            return ByteBuffer.wrap(request == null ? new byte[0] : request.getByteArray(0, (int) length));
        } finally {
            Trampolines.deallocate(Pointer.nativeValue(request));
        }
    }

    @Override
    public CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass) {
        int length = request.remaining();
        // hosts read a method and an address to their NULs, which a stranger's request may lack
        byte[] bytes = new byte[length + 2];
        request.duplicate().get(bytes, 0, length);
        return status(Trampolines.sstDonate(
                ((ApplierSlot) context).address, bytes, length, NativeMemory.gtidMemory(stateId), bypass ? 1 : 0));
    }

    @Override
    public ApplyResult apply(
            ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta) {
        ApplierSlot applier = (ApplierSlot) context;
        ByteBuffer bytes = applier.direct(data);
        applier.begin(handle, meta);
        try {
            int result = Trampolines.apply(applier.address, flags, bytes, bytes.position(), bytes.remaining());
            if ((result & STATUS_MASK) != 0) {
                return ApplyResult.FAILURE;
            }
            return (result & EXIT_LOOP) != 0 ? ApplyResult.SUCCESS_AND_EXIT : ApplyResult.SUCCESS;
        } finally {
            applier.end();
        }
    }

    @Override
    public CallbackStatus unordered(ApplierContext context, ByteBuffer data) {
        ApplierSlot applier = (ApplierSlot) context;
        ByteBuffer bytes = applier.direct(data);
        return status(Trampolines.unordered(applier.address, bytes, bytes.position(), bytes.remaining()));
    }

    @Override
    public boolean canEncrypt() {
        return Trampolines.canEncrypt(address) != 0;
    }

    @Override
    public int encrypt(
            EncryptContext context, ByteBuffer input, ByteBuffer output, EncryptDirection direction, boolean last) {
        EncryptImage image = EncryptImage.of(context);
        try (Memory in = new Memory(Math.max(1, input.remaining()));
                Memory out = new Memory(Math.max(1, output.remaining()))) {
            int length = input.remaining();
            in.getByteBuffer(0, in.size()).put(input.duplicate());
            int written =
                    Trampolines.encrypt(address, image.memory(), in, length, out, direction.ordinal(), last ? 1 : 0);
            if (written > 0) {
                output.duplicate().put(out.getByteBuffer(0, written));
            }
            return written;
        }
    }

    /** The process's allowlist; null if the host offers none. */
    AllowlistService allowlist() {
        return Trampolines.hasAllowlist() != 0 ? this::allows : null;
    }

    private boolean allows(AllowlistService.Kind kind, String value) {
        byte[] text = NativeMemory.terminated(value);
        int result = Trampolines.allows(kind.ordinal(), text, text.length - 1L);
        if (result != Status.OK.code() && result != Status.NOT_ALLOWED.code()) {
            log(LogLevel.ERROR, "the host's allowlist answered " + result + " for " + value + ": refusing it");
        }
        return result == Status.OK.code();
    }

    /** The process's event service; null if the host offers none. */
    EventService events() {
        return Trampolines.hasEvents() != 0
                ? (name, json) -> Trampolines.event(NativeMemory.terminated(name), NativeMemory.terminated(json))
                : null;
    }

    private static CallbackStatus status(int result) {
        return result == 0 ? CallbackStatus.SUCCESS : CallbackStatus.FAILURE;
    }
}
