package io.wsrep4j.faults;

import static net.bytebuddy.matcher.ElementMatchers.named;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.agent.builder.ResettableClassFileTransformer;
import net.bytebuddy.asm.Advice;

/**
 * One method that throws an {@link InjectedError} instead of beginning, once it is armed; one at a time in a JVM. Thread-safe.
 *
 * <p>In this JVM: {@link #at}, {@link #arm}, {@link #close}. In a server's: {@link #agent} says what its JVM is to be started with; there it is armed
 * for one call by a file that appears.
 */
public final class FaultPoint implements AutoCloseable {

    /** What is thrown: an error, as the JVM throws them when memory or a mapped file is gone. */
    public static final class InjectedError extends VirtualMachineError {
        private static final long serialVersionUID = 1L;

        InjectedError(String where) {
            super("injected at " + where);
        }
    }

    /** Calls that throw still. */
    private static final AtomicInteger ARMED = new AtomicInteger();

    private static final AtomicInteger THROWN = new AtomicInteger();
    /** Thrown instead, if not null. */
    private static volatile Throwable other;

    /** For a server: throws when this is there, and takes it away. Null in this JVM. */
    private static volatile Path fuse;

    private final Instrumentation instrumentation;
    private final ResettableClassFileTransformer transformer;

    /** @param loaded the type if it is loaded already: to look through all that are would take its time */
    private FaultPoint(Instrumentation instrumentation, String type, String method, Class<?>... loaded) {
        this.instrumentation = instrumentation;
        transformer = new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .with(new AgentBuilder.RedefinitionStrategy.DiscoveryStrategy.Explicit(loaded))
                .type(named(type))
                .transform((builder, description, loader, module, domain) ->
                        builder.visit(Advice.to(Beginning.class).on(named(method))))
                .installOn(instrumentation);
    }

    /** Woven into the method. */
    public static final class Beginning {
        private Beginning() {}

        @Advice.OnMethodEnter
        static void begin(@Advice.Origin("#t.#m") String where) {
            reached(where);
        }
    }

    /** Throws if armed. */
    public static void reached(String where) {
        boolean here = fuse == null ? take() : burn();
        if (here) {
            THROWN.incrementAndGet();
            Throwable wanted = other;
            if (wanted != null) {
                FaultPoint.<RuntimeException>sneak(wanted);
            }
            throw new InjectedError(where);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static boolean take() {
        return ARMED.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    private static boolean burn() {
        try {
            return Files.exists(fuse) && Files.deleteIfExists(fuse);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Prepares all methods of that name, whatever their visibility; not armed. */
    public static FaultPoint at(Class<?> type, String method) {
        if (Stream.of(type.getDeclaredMethods()).noneMatch(one -> one.getName().equals(method))) {
            throw new IllegalArgumentException(type.getName() + " has no method " + method);
        }
        ARMED.set(0);
        THROWN.set(0);
        return new FaultPoint(ByteBuddyAgent.install(), type.getName(), method, type);
    }

    /** From now on so many calls throw. */
    public void arm(int calls) {
        arm(calls, null);
    }

    /** From now on so many calls throw this, which the method must be able to throw. */
    public void arm(int calls, Throwable thrown) {
        other = thrown;
        ARMED.set(calls);
    }

    /** How many have. */
    public int thrown() {
        return THROWN.get();
    }

    @Override
    public void close() {
        ARMED.set(0);
        transformer.reset(instrumentation, AgentBuilder.RedefinitionStrategy.RETRANSFORMATION);
    }

    /**
     * The option of a JVM with this fault.
     *
     * @param directory for what that JVM needs, which may run as another user; must not be there yet
     * @param fuse a path without blanks: the first call that finds such a file deletes it and throws
     */
    public static String agent(Path directory, Class<?> type, String method, Path fuse) throws IOException {
        Files.createDirectory(directory);
        Path library = directory.resolve("byte-buddy.jar");
        Files.copy(codeSource(AgentBuilder.class), library);
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.CLASS_PATH, library.getFileName().toString());
        attributes.putValue("Premain-Class", FaultPoint.class.getName());
        attributes.putValue("Can-Retransform-Classes", "true");
        Path jar = directory.resolve("agent.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream content = new JarOutputStream(out, manifest)) {
            for (Class<?> each : new Class<?>[] {FaultPoint.class, Beginning.class, InjectedError.class}) {
                String name = each.getName().replace('.', '/') + ".class";
                content.putNextEntry(new JarEntry(name));
                try (InputStream bytes = each.getClassLoader().getResourceAsStream(name)) {
                    bytes.transferTo(content);
                }
                content.closeEntry();
            }
        }
        for (Path each : new Path[] {directory, library, jar}) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return "-javaagent:" + jar + "=" + type.getName() + "," + method + "," + fuse;
    }

    private static Path codeSource(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In a server's JVM. */
    public static void premain(String arguments, Instrumentation instrumentation) {
        String[] parts = arguments.split(",", 3);
        fuse = Path.of(parts[2]);
        new FaultPoint(instrumentation, parts[0], parts[1]);
    }
}
