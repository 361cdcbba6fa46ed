package io.wsrep4j.options;

import java.util.List;

/** One of a few words, in any case if so told. */
public final class WordFormat implements ValueFormat<String> {

    private final boolean anyCase;
    private final List<String> words;

    public WordFormat(boolean anyCase, String... words) {
        this.anyCase = anyCase;
        this.words = List.of(words);
    }

    @Override
    public String parse(String text) {
        for (String word : words) {
            if (anyCase ? word.equalsIgnoreCase(text) : word.equals(text)) {
                return word;
            }
        }
        throw new IllegalArgumentException(text);
    }

    @Override
    public OptionType type() {
        return OptionType.TEXT;
    }

    @Override
    public String allowed() {
        return words.size() == 1 ? "only '" + words.get(0) + "'" : "one of " + String.join(", ", words);
    }
}
