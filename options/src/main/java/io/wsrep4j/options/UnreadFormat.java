package io.wsrep4j.options;

/**
 * A format for start, when anything goes since nobody reads it: another value takes its place before it is used. Shown as given.
 *
 * @param later what is read once the other value is there
 * @param meanwhile what any other text means until then
 */
public record UnreadFormat<T>(ValueFormat<T> later, T meanwhile) implements ValueFormat<T> {

    @Override
    public T parse(String text) {
        try {
            return later.parse(text);
        } catch (IllegalArgumentException e) {
            return meanwhile;
        }
    }

    @Override
    public String allowed() {
        return "any text, which is not read";
    }

    @Override
    public OptionType type() {
        return later.type();
    }
}
