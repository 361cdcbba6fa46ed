package io.wsrep4j.jna;

import io.wsrep4j.api.IsolationMode;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.ProviderFactory;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where libwsrep4j.so enters Java: makes the objects that its handles stand for. Its static state is the process's, as the shim's own is:
 * node isolation is asked for without naming a provider.
 */
final class Bridge {

    /** Names the factory to use when there are several. */
    static final String FACTORY_PROPERTY = "wsrep4j.provider.factory";

    private static final Set<BridgedProvider> LIVE = ConcurrentHashMap.newKeySet();

    private Bridge() {}

    /**
     * Called once, before anything else.
     *
     * @param trampolines address of the table of trampolines.c
     * @param ownJvm true if the shim created this JVM, whose System.out and System.err are then ours
     */
    static void boot(long trampolines, boolean ownJvm) {
        Trampolines.bind(trampolines);
        if (ownJvm) {
            LogStream.install();
        }
        Thread isolation = new Thread(null, Bridge::passIsolationOn, "wsrep4j-isolation", 0, false);
        isolation.setDaemon(true);
        isolation.start();
    }

    /** The host's crash handler can only post a semaphore; this thread does the rest while the handler writes its report. */
    private static void passIsolationOn() {
        while (true) {
            IsolationMode mode = IsolationMode.values()[Trampolines.awaitIsolation()];
            for (BridgedProvider provider : LIVE) {
                provider.isolate(mode);
            }
        }
    }

    static Class<?> providerClass() {
        return BridgedProvider.class;
    }

    /** A provider for the host behind this {@code struct w4j_provider}. */
    static BridgedProvider create(long address) {
        HostLog log = new HostLog(address);
        log.enter();
        BridgedProvider provider =
                new BridgedProvider(factory().create(), new NativeHost(address, log), log, LIVE::remove);
        LIVE.add(provider);
        return provider;
    }

    static TransactionSlot transactionSlot(long address) {
        return new TransactionSlot(address);
    }

    static ApplierSlot applierSlot(long address) {
        return new ApplierSlot(address);
    }

    private static ProviderFactory factory() {
        String wanted = System.getProperty(FACTORY_PROPERTY);
        List<ProviderFactory> found = ServiceLoader.load(ProviderFactory.class, Bridge.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory ->
                        wanted == null || factory.getClass().getName().equals(wanted))
                .toList();
        if (found.size() != 1) {
            String names = found.stream()
                    .map(factory -> factory.getClass().getName())
                    .toList()
                    .toString();
            throw new IllegalStateException("expected one " + ProviderFactory.class.getName() + " on the class path"
                    + (wanted == null ? "" : " called '" + wanted + "'") + ", found " + names + "; choose with -D"
                    + FACTORY_PROPERTY + "=<class>");
        }
        return found.get(0);
    }

    /** For calls that must not fail in Java without a trace. */
    static void report(HostLog log, String call, Throwable cause) {
        try {
            log.log(LogLevel.ERROR, call + " failed in Java", cause);
        } catch (Throwable hopeless) { // no stack or heap left even for the log: the status still tells
            log.log(
                    LogLevel.ERROR,
                    call + " failed in Java: " + cause.getClass().getName());
        }
    }
}
