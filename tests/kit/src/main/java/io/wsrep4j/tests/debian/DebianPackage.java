package io.wsrep4j.tests.debian;

import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Our package, made of what the build has left. */
public final class DebianPackage {

    private static final Path REPOSITORY = Path.of(System.getProperty("wsrep4j.repository", "../.."))
            .toAbsolutePath()
            .normalize();
    private static final Path DISTRIBUTION = Providers.wsrep4j().getParent();
    private static final String DATE = "2026-01-01T00:00:00Z";

    private DebianPackage() {}

    /** The version that stands in pom.xml, as the jars have it. */
    public static String version() throws IOException {
        Matcher jar = Pattern.compile("wsrep4j-native-(\\S+)\\.jar")
                .matcher(Command.run("ls", DISTRIBUTION.resolve("lib").toString()));
        if (!jar.find()) {
            throw new IOException("no jar of module native in " + DISTRIBUTION);
        }
        return jar.group(1);
    }

    /** Builds it, as of this version, into this folder. */
    public static Path build(String version, Path folder) throws IOException {
        List<String> command = List.of(
                REPOSITORY.resolve("packaging/debian/build.sh").toString(),
                DISTRIBUTION.toString(),
                version,
                DATE,
                folder.toString());
        return Path.of(Command.run(command).strip());
    }

    /** Builds one with a single file, as another maintainer might; the file's folders belong to it, too. */
    public static Path other(String name, String file, Path folder) throws IOException {
        Path root = folder.resolve(name);
        String script = "mkdir -p DEBIAN $(dirname ./" + file + ") && touch ./" + file + " && printf 'Package: " + name
                + "\\nVersion: 1\\nArchitecture: all\\nMaintainer: nobody <nobody@localhost>\\nDescription: for a test\\n'"
                + " >DEBIAN/control && dpkg-deb --root-owner-group --build . " + root + ".deb";
        Command.run("mkdir", root.toString());
        Command.run("bash", "-c", "cd " + root + " && " + script);
        return Path.of(root + ".deb");
    }
}
