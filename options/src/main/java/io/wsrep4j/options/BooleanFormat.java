package io.wsrep4j.options;

import java.util.Locale;
import java.util.Set;

/** Yes or no in any of the words Galera knows; shown as given or in one fixed pair of words. */
public final class BooleanFormat implements ValueFormat<Boolean> {

    private static final Set<String> YES = Set.of("1", "y", "yes", "on", "true", "yep", "yeah", "sure");
    private static final Set<String> NO = Set.of("0", "n", "no", "off", "false", "none", "nope");

    private final String shownTrue;
    private final String shownFalse;

    private BooleanFormat(String shownTrue, String shownFalse) {
        this.shownTrue = shownTrue;
        this.shownFalse = shownFalse;
    }

    public static BooleanFormat asGiven() {
        return new BooleanFormat(null, null);
    }

    public static BooleanFormat shownAs(String whenTrue, String whenFalse) {
        return new BooleanFormat(whenTrue, whenFalse);
    }

    @Override
    public Boolean parse(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (YES.contains(word)) {
            return Boolean.TRUE;
        }
        if (NO.contains(word)) {
            return Boolean.FALSE;
        }
        throw new IllegalArgumentException(text);
    }

    @Override
    public OptionType type() {
        return OptionType.SWITCH;
    }

    @Override
    public String allowed() {
        return "yes or no (also 1, 0, y, n, on, off, true, false)";
    }

    @Override
    public String canonical(String text) {
        if (shownTrue == null) {
            return text;
        }
        return parse(text) ? shownTrue : shownFalse;
    }
}
