package io.wsrep4j.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * ARCHITECTURE.md speaks of the code that is there: what it names between backticks exists, in the sources as they are, and every thread and lock of
 * the library stands in its section on them.
 *
 * <p>A name is a class, {@code Class.member}, or either with as much of its package before it as makes it the only one: {@code pc.UserMessages.send}.
 * Members are those that the class itself declares. A class of the modules goes before one of the tests.
 */
@Tag("unit")
final class ArchitectureTest {

    private static final Path REPOSITORY = Path.of(System.getProperty("wsrep4j.repository", "../.."))
            .toAbsolutePath()
            .normalize();
    private static final Path C_SOURCES = REPOSITORY.resolve("native/src/main/c");

    private static final Pattern QUOTED = Pattern.compile("`([^`\n]+)`");
    /** What has small letters, too, in a name that begins with a capital: not SYNCED, which is a state. */
    private static final Pattern OF_JAVA = Pattern.compile("(?:[a-z]\\w*\\.)*[A-Z]\\w*[a-z]\\w*(?:\\.\\w+)*");

    private static final Pattern PACKAGE = Pattern.compile("io\\.wsrep4j(?:\\.[a-z]\\w*)+");
    private static final Pattern OF_C = Pattern.compile("w4j_\\w+|\\w+\\.[ch]");
    private static final Pattern THREAD_NAME = Pattern.compile("(?:wsrep4j|gcomm)(?:-[a-z]+)*-?");

    private static final Set<String> MAKES_THREADS =
            Set.of("Thread", "DefaultThreadFactory", "ScheduledThreadPoolExecutor", "ThreadPoolExecutor");
    private static final Set<String> IS_LOCK = Set.of("ReentrantLock", "ReentrantReadWriteLock", "StampedLock");

    private static String document;
    private static final Sources LIBRARY = new Sources();
    private static final Sources TESTS = new Sources();

    @BeforeAll
    static void read() throws IOException {
        document = Files.readString(REPOSITORY.resolve("ARCHITECTURE.md"));
        List<Path> library = new ArrayList<>();
        List<Path> tests = new ArrayList<>();
        try (Stream<Path> files = Files.walk(REPOSITORY)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .forEach(file -> (isLibrary(file) ? library : tests).add(file));
        }
        LIBRARY.parse(library);
        TESTS.parse(tests);
    }

    private static boolean isLibrary(Path file) {
        String path = REPOSITORY.relativize(file).toString();
        return path.contains("src/main/java/") && !path.startsWith("tests/");
    }

    @Test
    void everyClassAndMemberThatItNamesExists() {
        List<String> missing = new ArrayList<>();
        Matcher quoted = QUOTED.matcher(document);
        while (quoted.find()) {
            String name = quoted.group(1).replaceFirst("\\(\\)$", "");
            if (OF_JAVA.matcher(name).matches()) {
                String problem = LIBRARY.knows(name) || !TESTS.knows(name) ? LIBRARY.problemOf(name) : null;
                if (problem != null) {
                    missing.add(place(quoted.start()) + problem);
                }
            }
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void everyPackageAndPieceOfCThatItNamesExists() throws IOException {
        Set<String> packages = new HashSet<>(LIBRARY.packages);
        packages.addAll(TESTS.packages);
        String c = everyCSource();
        List<String> missing = new ArrayList<>();
        Matcher quoted = QUOTED.matcher(document);
        while (quoted.find()) {
            String name = quoted.group(1);
            boolean there = !PACKAGE.matcher(name).matches()
                    || packages.stream().anyMatch(one -> one.equals(name) || one.startsWith(name + "."));
            boolean thereInC = !OF_C.matcher(name).matches()
                    || (name.startsWith("w4j_") ? c.contains(name + "(") : Files.exists(C_SOURCES.resolve(name)));
            if (!there || !thereInC) {
                missing.add(place(quoted.start()) + name);
            }
        }

        assertThat(missing).isEmpty();
    }

    private static String everyCSource() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(C_SOURCES)) {
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    @Test
    void everyThreadAndEveryLockOfTheLibraryStandsInItsSection() {
        String section = section("Threads and locks");
        Set<String> quoted =
                QUOTED.matcher(section).results().map(found -> found.group(1)).collect(Collectors.toSet());
        Set<String> missing = new TreeSet<>();
        for (String owner : LIBRARY.lockOwners) {
            if (!quoted.contains(owner)) {
                missing.add("the lock of " + owner);
            }
        }
        for (String maker : LIBRARY.threadMakers) {
            if (!quoted.contains(maker)) {
                missing.add("the threads of " + maker);
            }
        }
        for (String name : LIBRARY.threadNames) {
            if (quoted.stream().noneMatch(one -> one.startsWith(name))) {
                missing.add("the thread " + name);
            }
        }

        assertThat(missing).isEmpty();
        assertThat(LIBRARY.lockOwners).contains("OrderMonitor", "StackRunner", "TieredCache", "LocalTransaction");
        assertThat(LIBRARY.threadNames).contains("wsrep4j-group-", "wsrep4j-failstop-", "gcomm-");
    }

    /** A reader who follows a write set must be able to tell its steps by their names. */
    @Test
    void fewStepsOfTheWriteSetsWayHaveTheSameName() {
        assertThat(LIBRARY.declaring("certify")).as("who declares certify").hasSizeLessThan(10);
        assertThat(LIBRARY.declaring("replicate")).as("who declares replicate").hasSizeLessThan(3);
    }

    private static String section(String title) {
        int begin = document.indexOf("\n## " + title + "\n");
        assertThat(begin).as("section '%s'", title).isNotNegative();
        int end = document.indexOf("\n## ", begin + 1);
        return document.substring(begin, end < 0 ? document.length() : end);
    }

    private static String place(int offset) {
        return "ARCHITECTURE.md:"
                + (1
                        + document.substring(0, offset)
                                .chars()
                                .filter(c -> c == '\n')
                                .count()) + ": ";
    }

    /** What some sources declare. Parsed, not compiled: so a document about all modules needs none of them on the class path. */
    private static final class Sources extends TreePathScanner<Void, CompilationUnitTree> {

        final Map<String, Set<String>> members = new HashMap<>();
        final Set<String> packages = new HashSet<>();
        final Set<String> lockOwners = new TreeSet<>();
        final Set<String> threadMakers = new TreeSet<>();
        final Set<String> threadNames = new TreeSet<>();

        void parse(List<Path> files) throws IOException {
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
                JavacTask task = (JavacTask) compiler.getTask(
                        null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
                for (CompilationUnitTree unit : task.parse()) {
                    packages.add(String.valueOf(unit.getPackageName()));
                    scan(unit, unit);
                }
            }
        }

        @Override
        public Void visitClass(ClassTree type, CompilationUnitTree unit) {
            if (!type.getSimpleName().isEmpty()) {
                members.computeIfAbsent(fullName(), any -> new HashSet<>());
            }
            return super.visitClass(type, unit);
        }

        @Override
        public Void visitMethod(MethodTree method, CompilationUnitTree unit) {
            declare(method.getName().toString());
            if (method.getModifiers().getFlags().contains(Modifier.SYNCHRONIZED)) {
                lockOwners.add(outermost());
            }
            return super.visitMethod(method, unit);
        }

        @Override
        public Void visitVariable(VariableTree variable, CompilationUnitTree unit) {
            if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree) {
                declare(variable.getName().toString());
            }
            return super.visitVariable(variable, unit);
        }

        @Override
        public Void visitSynchronized(SynchronizedTree block, CompilationUnitTree unit) {
            ExpressionTree lock = ((ParenthesizedTree) block.getExpression()).getExpression();
            if (lock instanceof IdentifierTree name && name.getName().contentEquals("this")) {
                lockOwners.add(outermost());
            }
            return super.visitSynchronized(block, unit);
        }

        @Override
        public Void visitNewClass(NewClassTree made, CompilationUnitTree unit) {
            String type = made.getIdentifier().toString();
            boolean isMutex = type.equals("Object")
                    && made.getClassBody() == null
                    && getCurrentPath().getParentPath().getLeaf() instanceof VariableTree;
            if (IS_LOCK.contains(type) || isMutex) {
                lockOwners.add(outermost());
            }
            if (MAKES_THREADS.contains(type)) {
                threadMakers.add(outermost());
            }
            return super.visitNewClass(made, unit);
        }

        @Override
        public Void visitMemberSelect(MemberSelectTree select, CompilationUnitTree unit) {
            if (select.getExpression().toString().equals("Executors")) {
                threadMakers.add(outermost());
            }
            return super.visitMemberSelect(select, unit);
        }

        @Override
        public Void visitLiteral(LiteralTree literal, CompilationUnitTree unit) {
            if (literal.getValue() instanceof String text
                    && THREAD_NAME.matcher(text).matches()
                    && text.contains("-")) {
                threadNames.add(text);
            }
            return super.visitLiteral(literal, unit);
        }

        private void declare(String member) {
            String type = fullName();
            if (type != null) {
                members.computeIfAbsent(type, any -> new HashSet<>()).add(member);
            }
        }

        /** Of the innermost class here that has a name; null outside any. */
        private String fullName() {
            String name = null;
            for (TreePath path = getCurrentPath(); path != null; path = path.getParentPath()) {
                if (path.getLeaf() instanceof ClassTree type
                        && !type.getSimpleName().isEmpty()) {
                    name = name == null ? type.getSimpleName().toString() : type.getSimpleName() + "." + name;
                }
            }
            return name == null ? null : getCurrentPath().getCompilationUnit().getPackageName() + "." + name;
        }

        private String outermost() {
            String inPackage = fullName()
                    .substring(getCurrentPath()
                                    .getCompilationUnit()
                                    .getPackageName()
                                    .toString()
                                    .length()
                            + 1);
            return inPackage.replaceFirst("\\..*", "");
        }

        /** A class of its own goes before one inside another, which is named with it. */
        private List<String> types(String name) {
            List<String> found = members.keySet().stream()
                    .filter(type -> type.equals(name) || type.endsWith("." + name))
                    .sorted()
                    .toList();
            List<String> ownFiles = found.stream()
                    .filter(type -> before(type).equals(before(type).toLowerCase(Locale.ROOT)))
                    .toList();
            return ownFiles.isEmpty() ? found : ownFiles;
        }

        private static String before(String name) {
            return name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "";
        }

        /** Classes with a member of this name. */
        Set<String> declaring(String member) {
            Set<String> types = new TreeSet<>();
            members.forEach((type, names) -> {
                if (names.contains(member)) {
                    types.add(type);
                }
            });
            return types;
        }

        /** True if this is a class here, or something in one. */
        boolean knows(String name) {
            return !types(name).isEmpty() || !types(before(name)).isEmpty();
        }

        /** What is wrong with a name; null if it is that of one class, or of a member of one. */
        String problemOf(String name) {
            boolean isType = !types(name).isEmpty();
            List<String> found = types(isType ? name : before(name));
            if (found.size() > 1) {
                return name + " may be " + String.join(" or ", found);
            }
            if (found.isEmpty()) {
                return "no " + name;
            }
            String member = name.substring(name.lastIndexOf('.') + 1);
            return isType || members.get(found.get(0)).contains(member)
                    ? null
                    : found.get(0) + " declares no " + member;
        }
    }
}
