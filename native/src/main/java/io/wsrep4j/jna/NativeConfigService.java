package io.wsrep4j.jna;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.wsrep4j.api.Parameter;
import io.wsrep4j.api.Status;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/** Asks a native provider for its options through its config service (docs/spec/wsrep-api-v26.md 1.3). Holds no state. */
final class NativeConfigService {

    interface ParameterCallback extends Callback {
        int parameter(Pointer row, Pointer context);
    }

    private NativeConfigService() {}

    /**
     * All options; empty if the provider has no such service.
     *
     * @throws IllegalStateException if it has one, and it fails
     */
    static List<Parameter> parameters(Vtable vtable) {
        Function init = vtable.optional("wsrep_init_config_service_v1");
        Function deinit = vtable.optional("wsrep_deinit_config_service_v1");
        if (init == null || deinit == null) {
            return List.of();
        }
        Memory service = new Memory(Native.POINTER_SIZE);
        service.clear();
        int started = init.invokeInt(new Object[] {service});
        if (started != 0) {
            throw new IllegalStateException(
                    vtable.file() + ": the config service answers " + started + ", 0 is allowed");
        }
        try {
            return collect(vtable, Function.getFunction(service.getPointer(0)));
        } finally {
            deinit.invokeVoid(new Object[0]);
        }
    }

    private static List<Parameter> collect(Vtable vtable, Function getParameters) {
        List<Parameter> parameters = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        ParameterCallback callback = (row, context) -> {
            try {
                parameters.add(ParameterImage.read(row));
                return Status.OK.code();
            } catch (Throwable thrown) { // JNA would turn it into 0, which is success
                failures.add(thrown);
                return Status.FATAL.code();
            }
        };
        int status = getParameters.invokeInt(
                new Object[] {vtable.table(), CallbackReference.getFunctionPointer(callback), null});
        Reference.reachabilityFence(callback);
        if (status != Status.OK.code() || !failures.isEmpty()) {
            IllegalStateException failed =
                    new IllegalStateException(vtable.file() + ": get_parameters of the config service answers " + status
                            + " after " + parameters.size() + " options");
            failures.forEach(failed::addSuppressed);
            throw failed;
        }
        return parameters;
    }
}
