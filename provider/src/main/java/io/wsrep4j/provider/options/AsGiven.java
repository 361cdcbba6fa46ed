package io.wsrep4j.provider.options;

/** A format whose values are shown as they were given. */
record AsGiven<T>(ValueFormat<T> format) implements ValueFormat<T> {

    @Override
    public T parse(String text) {
        return format.parse(text);
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
