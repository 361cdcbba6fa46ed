package io.wsrep4j.options;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes the options of a catalogue down for people, as tables in Markdown. Holds no state. */
public final class OptionTable {

    private static final String HEAD =
            "| option | default | allowed | change at run time | what it does |\n" + "|---|---|---|---|---|\n";

    private OptionTable() {}

    /** A section for each layer, and in it a line for each option. */
    public static String markdown(OptionCatalog catalog) {
        StringBuilder text = new StringBuilder();
        for (OptionList list : catalog.lists()) {
            text.append("\n## ").append(list.layer()).append("\n\n");
            if (list.inAddress()) {
                text.append("These may also come in the query of the cluster's address, which wins.\n\n");
            }
            text.append(HEAD);
            for (OptionSpec option : list.options()) {
                text.append("| `")
                        .append(option.name())
                        .append("` | ")
                        .append(cell(defaultOf(option)))
                        .append(" | ")
                        .append(cell(allowed(list, option)))
                        .append(" | ")
                        .append(cell(change(option)))
                        .append(" | ")
                        .append(cell(help(option)))
                        .append(" |\n");
            }
        }
        return text.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    private static String defaultOf(OptionSpec option) {
        if (option.derived() != null) {
            return option.derived();
        }
        String text = option.defaultText();
        return text == null ? "not set" : text.isEmpty() ? "empty" : "`" + text + "`";
    }

    private static String allowed(OptionList list, OptionSpec option) {
        List<String> parts = new ArrayList<>(List.of(option.atStart().allowed()));
        if (!option.unit().isEmpty()) {
            parts.add("in " + option.unit());
        }
        list.relations().stream()
                .flatMap(relation -> relation.sides().stream())
                .filter(side -> side.name().equals(option.name()))
                .forEach(side -> parts.add(side.expected()));
        return String.join("; ", parts);
    }

    private static String change(OptionSpec option) {
        String format = option.atRunTime().allowed();
        String other = format.equals(option.atStart().allowed()) ? "" : ": " + format;
        String limits = option.limits().words();
        return switch (option.change()) {
            case REFUSED -> "no";
            case KEPT -> "kept for the next start";
            case EFFECTIVE -> "yes" + other + (limits.isEmpty() ? "" : "; " + limits);
            case TRIGGER, TRIGGER_ALWAYS -> "acts once, the text shown stays" + other;
        };
    }

    private static String help(OptionSpec option) {
        List<String> marks = new ArrayList<>();
        for (OptionSpec.Flag flag : List.of(OptionSpec.Flag.DEPRECATED, OptionSpec.Flag.HIDDEN)) {
            if (option.is(flag)) {
                marks.add(flag.name().toLowerCase(Locale.ROOT));
            }
        }
        return option.help() + (marks.isEmpty() ? "" : " (" + String.join(", ", marks) + ")");
    }
}
