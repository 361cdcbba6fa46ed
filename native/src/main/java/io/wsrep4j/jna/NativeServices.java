package io.wsrep4j.jna;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.api.EventService;
import io.wsrep4j.api.Status;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services of one native library (docs/spec/wsrep-api-v26.md 1.3). They are the library's, not a provider's: with several providers of one
 * library in a process, a connection must please the allowlists of all, and every event goes to all. Thread-safe.
 */
final class NativeServices {

    private static final Logger LOG = LoggerFactory.getLogger(NativeServices.class);
    private static final Map<String, NativeServices> BY_FILE = new ConcurrentHashMap<>();

    interface AllowlistCallback extends Callback {
        int allows(Pointer context, int key, Pointer value);
    }

    interface EventCallback extends Callback {
        void event(Pointer context, Pointer name, Pointer json);
    }

    private final List<AllowlistService> allowlists = new CopyOnWriteArrayList<>();
    private final List<EventService> events = new CopyOnWriteArrayList<>();
    private final AtomicBoolean allowlistFailed = new AtomicBoolean();
    private final AtomicBoolean eventFailed = new AtomicBoolean();
    private final AllowlistCallback allowlistCallback = this::allows;
    private final EventCallback eventCallback = this::event;
    private final Memory allowlistStruct = new Memory(2L * Native.POINTER_SIZE);
    private final Memory eventStruct = new Memory(2L * Native.POINTER_SIZE);

    private NativeServices() {
        NativeCallbacks.keepAttached(allowlistCallback);
        NativeCallbacks.keepAttached(eventCallback);
        allowlistStruct.setPointer(0, CallbackReference.getFunctionPointer(allowlistCallback));
        allowlistStruct.setPointer(Native.POINTER_SIZE, null);
        eventStruct.setPointer(0, CallbackReference.getFunctionPointer(eventCallback));
        eventStruct.setPointer(Native.POINTER_SIZE, null);
    }

    static NativeServices of(Vtable vtable) {
        return BY_FILE.computeIfAbsent(vtable.file(), file -> new NativeServices());
    }

    void addAllowlist(Vtable vtable, AllowlistService service) {
        allowlists.add(service);
        start(vtable.optional("wsrep_init_allowlist_service_v1"), allowlistStruct, "allowlist");
    }

    void addEvents(Vtable vtable, EventService service) {
        events.add(service);
        start(vtable.optional("wsrep_init_event_service_v1"), eventStruct, "event");
    }

    void removeAllowlist(Vtable vtable, AllowlistService service) {
        if (allowlists.remove(service)) {
            stop(vtable.optional("wsrep_deinit_allowlist_service_v1"));
        }
    }

    void removeEvents(Vtable vtable, EventService service) {
        if (events.remove(service)) {
            stop(vtable.optional("wsrep_deinit_event_service_v1"));
        }
    }

    private static void start(Function init, Memory struct, String name) {
        int result = init == null ? -1 : init.invokeInt(new Object[] {struct});
        if (result != 0) {
            LOG.warn("the native provider has no {} service, or refuses it ({})", name, result);
        }
    }

    private static void stop(Function deinit) {
        if (deinit != null) {
            deinit.invokeVoid(new Object[0]);
        }
    }

    private int allows(Pointer context, int key, Pointer value) {
        try {
            byte[] bytes = value.getPointer(0).getByteArray(0, (int) value.getLong(Native.POINTER_SIZE));
            String text = new String(bytes, StandardCharsets.UTF_8);
            AllowlistService.Kind kind = AllowlistService.Kind.values()[key];
            boolean allowed = allowlists.stream().allMatch(service -> service.allows(kind, text));
            return (allowed ? Status.OK : Status.NOT_ALLOWED).code();
        } catch (Throwable thrown) {
            // strangers decide how often
            complain(allowlistFailed, "the host's allow list failed; the connection is refused: {}", thrown);
            return Status.NOT_ALLOWED.code();
        }
    }

    private void event(Pointer context, Pointer name, Pointer json) {
        try {
            String nameText = name.getString(0, StandardCharsets.UTF_8.name());
            String jsonText = json.getString(0, StandardCharsets.UTF_8.name());
            events.forEach(service -> service.event(nameText, jsonText));
        } catch (Throwable thrown) {
            complain(eventFailed, "the host failed to take an event of the native provider: {}", thrown);
        }
    }

    /** Strangers and peers decide how often: the first time is for the operator, the others for developers. */
    private static void complain(AtomicBoolean before, String line, Throwable thrown) {
        if (before.getAndSet(true)) {
            LOG.debug(line, thrown.toString());
        } else {
            LOG.error(line, thrown.toString());
        }
    }
}
