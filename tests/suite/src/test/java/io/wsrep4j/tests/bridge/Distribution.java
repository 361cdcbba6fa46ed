package io.wsrep4j.tests.bridge;

import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** A copy of native/target/wsrep4j that a test may spoil. */
final class Distribution {

    private final Path directory;

    private Distribution(Path directory) {
        this.directory = directory;
    }

    private static final Path ARCHIVES = Path.of("lib/archive");

    /** A copy below this temporary folder, readable by the servers' user; without the archives of classes, which fit the original only. */
    static Distribution copiedTo(Path temporary) throws IOException {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path target = temporary.resolve("wsrep4j");
        Path source = Providers.wsrep4j().getParent();
        try (Stream<Path> files =
                Files.walk(source).filter(file -> !source.relativize(file).startsWith(ARCHIVES))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, target.resolve(source.relativize(file)));
            }
        }
        return new Distribution(target);
    }

    /** Adds the archives of the original, as somebody does who copies everything. */
    Distribution withArchives() throws IOException {
        Path target = Files.createDirectory(directory.resolve(ARCHIVES));
        try (Stream<Path> files = Files.list(Providers.wsrep4j().resolveSibling(ARCHIVES))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return this;
    }

    Path library() {
        return directory.resolve("libwsrep4j.so");
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** Replaces libwsrep4j.conf. */
    Distribution configured(String... lines) throws IOException {
        Files.write(directory.resolve("libwsrep4j.conf"), List.of(lines));
        return this;
    }

    /** Removes the jars whose names begin with this. */
    Distribution without(String jarPrefix) throws IOException {
        try (Stream<Path> jars = Files.list(directory.resolve("lib"))) {
            for (Path jar : jars.filter(path -> isJar(path, jarPrefix)).toList()) {
                Files.delete(jar);
            }
        }
        return this;
    }

    private static boolean isJar(Path path, String prefix) {
        String name = path.getFileName().toString();
        return name.startsWith(prefix) && name.endsWith(".jar");
    }

    /** Adds a jar with these classes, and the first of them as a service of this type. */
    Distribution with(Class<?> service, Class<?>... classes) throws IOException {
        Path jar = directory.resolve("lib/test.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Class<?> type : classes) {
                String name = type.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(name));
                out.write(type.getClassLoader().getResourceAsStream(name).readAllBytes());
            }
            out.putNextEntry(new JarEntry("META-INF/services/" + service.getName()));
            out.write(classes[0].getName().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return this;
    }
}
