package io.wsrep4j.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every citation of the specification, in sources, tests and documents, leads somewhere. A citation is the file's path from the repository's root and
 * what is meant in it: sections by number (8.3 is also the item 3 of section 8, where a list
 * is numbered), {@code checklist} and numbers, {@code appendix} and a letter, or the label of a rule such as S11; in a
 * JUnit tag, which has no spaces, {@code #} and a number of the checklist; in a link {@code #} and the heading's anchor.
 */
@Tag("unit")
final class CitationsTest {

    private static final Path REPOSITORY = Path.of(System.getProperty("wsrep4j.repository", "../.."))
            .toAbsolutePath()
            .normalize();
    private static final Path SPECIFICATION = REPOSITORY.resolve("docs/spec");

    /** A line's end within a comment, and what begins the next line. */
    private static final Pattern LINE_END = Pattern.compile("\\s*\\n[ \\t]*(?:\\*(?!/)|//|#)?");

    private static final Pattern CITATION = Pattern.compile("docs/spec/([\\w-]+)\\.md");
    private static final Pattern BETWEEN_SHEETS = Pattern.compile("(?<![\\w/-])`?([a-z][a-z0-9-]+)\\.md`?");
    private static final Pattern TAG = Pattern.compile("#(?:(\\d+)\\b(?!-)|([\\w-]+))");
    private static final Pattern OLD_FORM =
            Pattern.compile("\\b[Ss]heets?\\b|(?<! |\\.md|\\d|\\d,) +[Cc]hecklist +(?:lines? +)?\\d|void lines?\\d");

    /** What may follow a sheet's name: "8.3", "5 and 6", "12, checklist 42 to 49", "appendix A". */
    private static final Pattern PLACE = Pattern.compile(
            "(?:,? +(?:(?:and|to) +)?)(checklist|appendix|trap)? *([A-Z]?\\d+(?:\\.\\d+)*(?![\\w-])|[A-Z]\\b)");

    /** A path below a module's sources or the documents, between backticks. */
    private static final Pattern NAMED_FILE = Pattern.compile("`((?:(?:[\\w-]+/)+src|docs)/[\\w./-]+)`");

    private static final Map<String, Sheet> SHEETS = new HashMap<>();
    private static final Map<Path, String> TEXTS = new HashMap<>();

    @BeforeAll
    static void read() throws IOException {
        Files.walkFileTree(REPOSITORY, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                Path name = directory.getFileName();
                boolean made =
                        name.toString().equals("target") || name.toString().startsWith(".git");
                return made ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    try {
                        TEXTS.put(file, Files.readString(file, StandardCharsets.UTF_8));
                    } catch (CharacterCodingException notAText) {
                        return FileVisitResult.CONTINUE; // an image, a key: nothing to cite in
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
        TEXTS.forEach((file, text) -> {
            if (isSheet(file)) {
                SHEETS.put(file.getFileName().toString().replace(".md", ""), new Sheet(text));
            }
        });
    }

    @Test
    void everyCitationLeadsToAPlaceInTheSpecification() {
        List<String> astray = new ArrayList<>();
        Set<String> cited = new HashSet<>();
        TEXTS.forEach((file, text) -> {
            String line = inOneLine(text);
            Matcher citation = (isSheet(file) ? BETWEEN_SHEETS : CITATION).matcher(line);
            while (citation.find()) {
                if (isSheet(file) && !SHEETS.containsKey(citation.group(1))) {
                    continue; // README.md and the like
                }
                cited.add(citation.group(1));
                check(line, citation, problem -> astray.add(place(file, text, citation.start()) + problem));
            }
        });

        assertThat(astray).isEmpty();
        assertThat(cited).as("what is cited at all").isEqualTo(SHEETS.keySet());
    }

    @Test
    void noCitationHasTheFormOfOldOrLeavesOutWhereItsNumbersBelong() {
        List<String> old = new ArrayList<>();
        TEXTS.forEach((file, text) -> {
            if (isSheet(file) || file.endsWith("CitationsTest.java")) {
                return;
            }
            Matcher found = OLD_FORM.matcher(inOneLine(text));
            while (found.find()) {
                old.add(place(file, text, found.start()) + found.group());
            }
        });

        assertThat(old).isEmpty();
    }

    @Test
    void everyFileThatADocumentNamesIsThere() {
        List<String> missing = new ArrayList<>();
        TEXTS.forEach((file, text) -> {
            Matcher named = NAMED_FILE.matcher(file.toString().endsWith(".md") ? text : "");
            while (named.find()) {
                if (!Files.exists(REPOSITORY.resolve(named.group(1)))) {
                    missing.add(place(file, text, named.start()) + named.group(1));
                }
            }
        });

        assertThat(missing).isEmpty();
    }

    private static boolean isSheet(Path file) {
        return SPECIFICATION.equals(file.getParent()) && !file.endsWith("README.md");
    }

    /** The same text, as long as before, with blanks for the ends of lines and what begins a comment's next line. */
    private static String inOneLine(String text) {
        return LINE_END.matcher(text).replaceAll(end -> " ".repeat(end.group().length()));
    }

    private static void check(String text, Matcher citation, Consumer<String> problems) {
        String name = citation.group(1);
        Sheet sheet = SHEETS.get(name);
        if (sheet == null) {
            problems.accept("no docs/spec/" + name + ".md");
            return;
        }
        Matcher tag = TAG.matcher(text).region(citation.end(), text.length());
        Matcher place = PLACE.matcher(text).region(citation.end(), text.length());
        if (tag.lookingAt()) {
            boolean line = tag.group(1) != null;
            sheet.require(
                    line ? "checklist" : "heading",
                    tag.group(line ? 1 : 2),
                    problem -> problems.accept(name + problem));
        }
        for (String kind = "section"; place.lookingAt(); place.region(place.end(), text.length())) {
            kind = place.group(1) == null ? kind : place.group(1);
            sheet.require(kind, place.group(2), problem -> problems.accept(name + problem));
        }
    }

    private static String place(Path file, String text, int offset) {
        long line = 1 + text.substring(0, offset).chars().filter(c -> c == '\n').count();
        return REPOSITORY.relativize(file) + ":" + line + ": ";
    }

    /** What can be cited of one sheet. */
    private static final class Sheet {

        private static final Pattern HEADING =
                Pattern.compile("(?m)^#{1,4} (?:Appendix )?(\\d+(?:\\.\\d+)*|[A-Z](?=\\.))\\.? (.*)$");
        private static final Pattern ITEM = Pattern.compile("(?m)^(\\d+)\\. ");

        private final String text;
        private final Set<String> sections = new HashSet<>();
        private final Set<String> checklist = new HashSet<>();
        private final Set<String> traps = new HashSet<>();
        private final Set<String> anchors = new HashSet<>();

        Sheet(String text) {
            this.text = text;
            Matcher heading = HEADING.matcher(text);
            while (heading.find()) {
                sections.add(heading.group(1));
                anchors.add(anchor(heading.group()));
                items(heading.end(), "\n#").forEach(item -> sections.add(heading.group(1) + "." + item));
                String title = heading.group(2).toLowerCase(Locale.ROOT);
                if (title.contains("checklist") || title.contains("testable statements")) {
                    checklist.addAll(items(heading.end(), "\n## "));
                } else if (title.startsWith("traps")) {
                    traps.addAll(items(heading.end(), "\n## "));
                }
            }
        }

        /** What a link in Markdown calls a heading. */
        private static String anchor(String heading) {
            String words = heading.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT);
            return words.replaceAll("[^\\w -]", "").replace(' ', '-');
        }

        /** The numbers of the items below a heading, up to the next that begins like this. */
        private Set<String> items(int from, String nextHeading) {
            int next = text.indexOf(nextHeading, from);
            Matcher item = ITEM.matcher(text).region(from, next < 0 ? text.length() : next);
            Set<String> numbers = new HashSet<>();
            while (item.find()) {
                numbers.add(item.group(1));
            }
            return numbers;
        }

        void require(String kind, String what, Consumer<String> problems) {
            boolean there =
                    switch (kind) {
                        case "checklist" -> checklist.contains(what);
                        case "trap" -> traps.contains(what);
                        case "heading" -> anchors.contains(what);
                        default -> sections.contains(what) || isRule(what);
                    };
            if (!there) {
                problems.accept(".md has no " + kind + " " + what);
            }
        }

        /** Rules have labels such as S11, at the beginning of a line. */
        private boolean isRule(String what) {
            return what.matches("[A-Z]\\d+")
                    && Pattern.compile("(?m)^(?:\\* )?" + what + "\\b")
                            .matcher(text)
                            .find();
        }
    }
}
