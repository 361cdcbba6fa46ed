package io.wsrep4j.tests.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** docs/operations.md, as somebody reads it who types its commands. */
final class Manual {

    private static final Pattern BLOCK = Pattern.compile("```\\n(.*?)```", Pattern.DOTALL);

    private final String text;

    Manual() throws IOException {
        text = Files.readString(
                Path.of(System.getProperty("wsrep4j.repository", "../..")).resolve("docs/operations.md"));
    }

    /** The blocks of commands or lines of a section, in their order. */
    List<String> blocks(String section) {
        int start = text.indexOf("\n## " + section + "\n");
        if (start < 0) {
            throw new IllegalArgumentException("docs/operations.md has no section '" + section + "'");
        }
        int end = text.indexOf("\n## ", start + 1);
        return BLOCK.matcher(text.substring(start, end < 0 ? text.length() : end))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }
}
