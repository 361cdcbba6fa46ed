package io.wsrep4j.options;

import java.util.List;

/** Options are refused. Each problem names the option, the value given, and what is allowed. A refusal is final: whoever catches it passes it on. */
public final class OptionException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /** @param problem names the option, the value given, and what is allowed */
    public OptionException(String problem) {
        this(List.of(problem));
    }

    /** @param problems each names an option */
    public OptionException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** @param why what was expected */
    public static OptionException refused(String name, String value, String why) {
        return new OptionException("option '" + name + "' = '" + value + "' refused: " + why);
    }

    /** The wording is what tests in the field look for. */
    public static String unknown(String name) {
        return "Unknown parameter '" + name + "'";
    }

    /** One log line each. */
    public List<String> problems() {
        return problems;
    }
}
