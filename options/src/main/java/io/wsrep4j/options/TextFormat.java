package io.wsrep4j.options;

import java.util.function.Predicate;

/** A text that is kept as it is, if it passes a test. */
public final class TextFormat implements ValueFormat<String> {

    private final Predicate<String> test;
    private final String allowed;

    public TextFormat(Predicate<String> test, String allowed) {
        this.test = test;
        this.allowed = allowed;
    }

    public static TextFormat any() {
        return new TextFormat(text -> true, "any text");
    }

    @Override
    public String parse(String text) {
        if (!test.test(text)) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    @Override
    public OptionType type() {
        return OptionType.TEXT;
    }

    @Override
    public String allowed() {
        return allowed;
    }
}
