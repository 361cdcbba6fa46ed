package io.wsrep4j.options;

/**
 * How the text of one option is read (docs/spec/options-status.md 3). Immutable.
 *
 * @param <T> what the text means
 */
public interface ValueFormat<T> {

    /**
     * Reads a text that was trimmed already.
     *
     * @throws IllegalArgumentException if it is not allowed; the message is only for programmers, operators get {@link #allowed()}
     */
    T parse(String text);

    /** What is allowed, to be put after "expected". */
    String allowed();

    /** What kind of value it is. */
    OptionType type();

    /** The text that Galera shows for a value once it has taken it over. */
    default String canonical(String text) {
        return text;
    }

    /** The text of the value that is used. */
    default String effective(String text) {
        return text;
    }

    /** Another value is used than the one that was given. */
    default boolean isReplaced(String text) {
        return false;
    }
}
