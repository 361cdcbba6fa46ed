package io.wsrep4j.options;

/** A certain word, or else a value of another format; shown as given. */
public final class EitherFormat implements ValueFormat<Object> {

    private final String word;
    private final ValueFormat<?> otherwise;

    public EitherFormat(String word, ValueFormat<?> otherwise) {
        this.word = word;
        this.otherwise = otherwise;
    }

    @Override
    public Object parse(String text) {
        return text.equals(word) ? word : otherwise.parse(text);
    }

    @Override
    public OptionType type() {
        return OptionType.TEXT;
    }

    @Override
    public String allowed() {
        return "'" + word + "' or " + otherwise.allowed();
    }
}
