package io.wsrep4j.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionSpec;
import io.wsrep4j.options.OptionTable;
import io.wsrep4j.provider.options.ProviderOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every option of every layer's list is in the catalogue, in the text that hosts show, and in docs/options.md. */
@Tag("unit")
final class OptionListsTest {

    private static final Path DOCUMENT = Path.of(System.getProperty("wsrep4j.repository"), "docs", "options.md");
    private static final Path SPECIFICATION =
            Path.of(System.getProperty("wsrep4j.repository"), "docs", "spec", "options-status.md");
    private static final String REGENERATE = "wsrep4j.regenerate";
    private static final String COMMAND = "mvn -pl tests/suite -am -Dtest=OptionListsTest -D" + REGENERATE
            + "=true -Dsurefire.failIfNoSpecifiedTests=false test";

    private static final String HEADING = """
            # Options

            What `wsrep_provider_options` takes: `name=value;name=value`. Durations are ISO 8601 (`PT2.5S`, `PT1M`, `P1D`) or a number of \
            seconds; sizes may end in K, M, G or T, powers of 1024; yes and no may also be 1, 0, y, n, on, off, true and false. What happens \
            to wrong values, and where the values come from, is in the specification (options and status).

            This page is made from the lists that the layers export; `OptionListsTest` says how. Do not edit it by hand.
            """;

    private final OptionCatalog catalog = ProviderOptions.catalog();

    @TempDir
    Path directory;

    /** All lists there are in the product, wherever they hide. */
    private static List<OptionList> lists() throws ReflectiveOperationException {
        List<OptionList> lists = new ArrayList<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.wsrep4j")) {
            for (JavaField field : type.getFields()) {
                if (field.getRawType().isEquivalentTo(OptionList.class)
                        && field.getModifiers().contains(JavaModifier.STATIC)) {
                    Field reflected = field.reflect();
                    reflected.setAccessible(true);
                    lists.add((OptionList) reflected.get(null));
                }
            }
        }
        return lists;
    }

    @Test
    void everyListIsInTheCatalogueOnce() throws Exception {
        List<OptionList> lists = lists();
        assertThat(lists).hasSizeGreaterThan(9);
        assertThat(catalog.lists()).containsExactlyInAnyOrderElementsOf(lists);
        assertThat(catalog.all())
                .containsExactlyInAnyOrderElementsOf(
                        lists.stream().flatMap(list -> list.options().stream()).toList());
    }

    @Test
    void everyOptionIsShownOnceItIsSet() {
        for (OptionSpec option : catalog.all()) {
            // without TLS no file has to be there
            String text = "socket.ssl=no;" + option.name() + "=" + sample(option);
            InitArguments arguments = new InitArguments("n", "127.0.0.1", "", directory, text, 4, Gtid.UNDEFINED);
            assertThat(ProviderOptions.atInit(arguments, line -> {}, line -> {}).show())
                    .contains(option.name() + " = ");
        }
    }

    private String sample(OptionSpec option) {
        if (option.name().endsWith("dir")) {
            return directory.toString();
        }
        List<String> texts = new ArrayList<>(List.of("no", "0", "1M", "PT1S", "asio", "FLAT8"));
        if (option.defaultText() != null) {
            texts.add(0, option.defaultText());
        }
        return texts.stream()
                .filter(text -> isAllowed(option, text))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isAllowed(OptionSpec option, String text) {
        try {
            option.parseAtStart(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A default that is shown to operators must be one that they may give. */
    @Test
    void everyDefaultIsAllowed() {
        assertThat(catalog.all())
                .filteredOn(option -> option.defaultText() != null)
                .allSatisfy(option -> assertThat(isAllowed(option, option.defaultText()))
                        .as(option.name())
                        .isTrue());
    }

    /** What options are compared with exists. */
    @Test
    void everyRelationIsBetweenOptionsThatThereAre() {
        assertThat(catalog.lists().stream().flatMap(list -> list.relations().stream()))
                .allSatisfy(relation -> {
                    assertThat(catalog.find(relation.smaller())).isNotNull();
                    assertThat(catalog.find(relation.larger())).isNotNull();
                    assertThat(relation.sides()).allSatisfy(side -> {
                        assertThat(catalog.find(side.name())).isNotNull();
                        assertThat(catalog.find(side.comparedWith())).isNotNull();
                    });
                });
    }

    /** The letters of the specification's tables: D deprecated, R read-only, b i d s type, H hidden. */
    private static final Pattern SPECIFIED =
            Pattern.compile("\\| ([a-z0-9_., ]+) \\|[^|]*\\|[^|]*\\|[^|]*\\| (D?R?[bids]?H?) \\|.*");

    /** What hosts that show every option are told of it is what libgalera tells them. */
    @Test
    void typesAndFlagsAreThoseOfTheSpecification() throws Exception {
        Map<String, String> specified = specified();
        Map<String, String> ours = new TreeMap<>();
        for (String name : specified.keySet()) {
            OptionSpec option = catalog.find(name);
            assertThat(option).as(name).isNotNull();
            ours.put(name, letters(option, specified.get(name).equals("H")));
        }
        assertThat(specified).hasSizeGreaterThan(90);
        assertThat(ours).isEqualTo(specified);
    }

    /** Where nobody else has said so before, hosts are told "read-only" of what cannot be changed, and of nothing else. */
    @Test
    void optionsBeyondGaleraAreReadOnlyIfTheyCannotBeChanged() throws Exception {
        Map<String, String> specified = specified();
        List<OptionSpec> beyond = catalog.all().stream()
                .filter(option -> !specified.containsKey(option.name()))
                .toList();
        assertThat(beyond).hasSizeGreaterThan(5);
        assertThat(beyond).allSatisfy(option -> assertThat(option.is(OptionSpec.Flag.READ_ONLY))
                .as(option.name())
                .isEqualTo(option.change() == OptionSpec.Change.REFUSED));
    }

    private static Map<String, String> specified() throws IOException {
        Map<String, String> specified = new TreeMap<>();
        for (String line : Files.readAllLines(SPECIFICATION)) {
            Matcher row = SPECIFIED.matcher(line);
            if (row.matches()) {
                for (String name : row.group(1).split(", ")) {
                    specified.put(name, row.group(2));
                }
            }
        }
        return specified;
    }

    private static String letters(OptionSpec option, boolean withoutType) {
        String type =
                switch (option.type()) {
                    case SWITCH -> "b";
                    case INTEGER -> "i";
                    case REAL, DURATION -> "d";
                    case TEXT -> "s";
                };
        return (option.is(OptionSpec.Flag.DEPRECATED) ? "D" : "")
                + (option.is(OptionSpec.Flag.READ_ONLY) ? "R" : "")
                + (withoutType ? "" : type)
                + (option.is(OptionSpec.Flag.HIDDEN) ? "H" : "");
    }

    @Test
    void theDocumentIsMadeFromTheLists() throws Exception {
        String page = HEADING + OptionTable.markdown(catalog);
        if (Boolean.getBoolean(REGENERATE)) {
            Files.createDirectories(DOCUMENT.getParent());
            Files.writeString(DOCUMENT, page);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("docs/options.md is not what the lists say; write it anew with: " + COMMAND)
                .isEqualTo(page);
        for (OptionSpec option : catalog.all()) {
            assertThat(page).containsOnlyOnce("| `" + option.name() + "` |");
        }
    }
}
