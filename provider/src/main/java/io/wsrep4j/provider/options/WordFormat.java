package io.wsrep4j.provider.options;

import java.util.List;

/** One of a few words, in any case if so told. */
final class WordFormat implements ValueFormat<String> {

    private final boolean anyCase;
    private final List<String> words;

    WordFormat(boolean anyCase, String... words) {
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
    public String allowed() {
        return words.size() == 1 ? "only '" + words.get(0) + "'" : "one of " + String.join(", ", words);
    }
}
