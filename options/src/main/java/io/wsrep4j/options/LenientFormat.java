package io.wsrep4j.options;

import java.util.function.UnaryOperator;

/**
 * A format that lets a node start with a value that Galera starts with though it makes no sense (docs/spec/options-status.md 18.1): something near
 * it, or the default, is used instead, and the operator is told.
 *
 * @param sensible what is used as it is
 * @param accepted what else lets the node start
 * @param instead the text that is used for such a value, one that is sensible
 * @param usedIsShown once the value is taken over, what is used is shown, not what was given
 */
public record LenientFormat<T>(
        ValueFormat<T> sensible, ValueFormat<?> accepted, UnaryOperator<String> instead, boolean usedIsShown)
        implements ValueFormat<T> {

    public LenientFormat(ValueFormat<T> sensible, ValueFormat<?> accepted, UnaryOperator<String> instead) {
        this(sensible, accepted, instead, false);
    }

    /** Whatever is not sensible becomes one and the same. */
    public static <T> LenientFormat<T> of(ValueFormat<T> sensible, ValueFormat<?> accepted, String instead) {
        return new LenientFormat<>(sensible, accepted, text -> instead);
    }

    @Override
    public T parse(String text) {
        return sensible.parse(effective(text));
    }

    @Override
    public OptionType type() {
        return sensible.type();
    }

    @Override
    public String allowed() {
        return sensible.allowed();
    }

    @Override
    public String canonical(String text) {
        if (usedIsShown || isSensible(text)) {
            return sensible.canonical(effective(text));
        }
        return accepted.canonical(text);
    }

    @Override
    public String effective(String text) {
        if (isSensible(text)) {
            return sensible.effective(text);
        }
        accepted.parse(text);
        return instead.apply(text);
    }

    @Override
    public boolean isReplaced(String text) {
        return !isSensible(text);
    }

    private boolean isSensible(String text) {
        try {
            sensible.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
