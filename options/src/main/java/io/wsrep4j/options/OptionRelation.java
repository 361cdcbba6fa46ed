package io.wsrep4j.options;

import java.util.List;

/**
 * What the values of two options must be to each other when a node connects: one, multiplied, is not above the other. Immutable.
 *
 * @param smaller name of the one
 * @param times what it is multiplied by
 * @param larger name of the other
 * @param sides how the operator is told: the first that somebody has set is named, else the first
 */
public record OptionRelation(String smaller, int times, String larger, List<Side> sides) {

    /**
     * The relation as it looks from one option.
     *
     * @param name the option
     * @param expected what is expected of it
     * @param comparedWith the option whose value is shown with it
     */
    public record Side(String name, String expected, String comparedWith) {}

    public OptionRelation {
        sides = List.copyOf(sides);
    }

    public static OptionRelation of(String smaller, int times, String larger, Side... sides) {
        return new OptionRelation(smaller, times, larger, List.of(sides));
    }

    /**
     * Compares the two.
     *
     * @throws OptionException if they do not fit together
     */
    void check(OptionValues values) {
        if (values.integer(smaller) <= values.integer(larger) / times) {
            return;
        }
        Side named = sides.stream()
                .filter(side -> values.isGiven(side.name()))
                .findFirst()
                .orElse(sides.get(0));
        throw OptionException.refused(
                named.name(),
                values.textOrDefault(named.name()),
                "expected " + named.expected() + " (" + values.canonical(named.comparedWith()) + ")");
    }
}
