package io.wsrep4j.options;

/** A format whose values are shown as they were given. */
public record AsGiven<T>(ValueFormat<T> format) implements ValueFormat<T> {

    @Override
    public T parse(String text) {
        return format.parse(text);
    }

    @Override
    public OptionType type() {
        return format.type();
    }

    @Override
    public String allowed() {
        return format.allowed();
    }

    @Override
    public String effective(String text) {
        return format.effective(text);
    }

    @Override
    public boolean isReplaced(String text) {
        return format.isReplaced(text);
    }
}
