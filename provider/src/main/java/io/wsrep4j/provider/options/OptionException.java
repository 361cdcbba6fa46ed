package io.wsrep4j.provider.options;

import java.util.List;

/** Options are refused. Each problem names the option, the value given, and what is allowed. */
public final class OptionException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    OptionException(String problem) {
        this(List.of(problem));
    }

    OptionException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    static OptionException refused(String name, String value, String why) {
        return new OptionException("option '" + name + "' = '" + value + "' refused: " + why);
    }

    /** The wording is what tests in the field look for. */
    static String unknown(String name) {
        return "Unknown parameter '" + name + "'";
    }

    /** One log line each. */
    public List<String> problems() {
        return problems;
    }
}
