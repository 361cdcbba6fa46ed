package io.wsrep4j.provider.options;

import java.util.Objects;

/**
 * What is known about one option (docs/spec/options-status.md 5 and 6). Immutable; built line by line in {@link OptionCatalog}.
 *
 * @param name as operators write it
 * @param owner who acts on it
 * @param initial its text before anybody sets it; null for "not set"
 * @param onceConnected its text after the first connect if nobody set it; null for "as before"
 * @param atStart what is allowed at start
 * @param change what a change at run time does
 * @param atRunTime what is allowed at run time
 * @param shownCanonically rewritten to the canonical text at connect
 * @param deprecated setting it at start is warned about
 */
record Option(
        String name,
        Owner owner,
        String initial,
        String onceConnected,
        ValueFormat<?> atStart,
        Change change,
        ValueFormat<?> atRunTime,
        boolean shownCanonically,
        boolean deprecated) {

    /** Who acts on an option. */
    enum Owner {
        /** The provider itself: known from init on. */
        PROVIDER,
        /** The group communication backend: at run time known only while connected. */
        BACKEND
    }

    /** What a change at run time does. */
    enum Change {
        /** It is refused, unless the text is the present one. */
        REFUSED,
        /** The text is kept, and that is all until the next start. */
        KEPT,
        /** It takes effect, and the text is kept. */
        EFFECTIVE,
        /** It does something once; the text shown does not change. */
        TRIGGER
    }

    Option {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(atStart, name);
        Objects.requireNonNull(atRunTime, name);
    }

    static Option provider(String name, ValueFormat<?> format) {
        return new Option(name, Owner.PROVIDER, null, null, format, Change.REFUSED, format, false, false);
    }

    static Option backend(String name, ValueFormat<?> format) {
        return new Option(name, Owner.BACKEND, null, null, format, Change.REFUSED, format, false, false);
    }

    Option initially(String text) {
        return new Option(name, owner, text, onceConnected, atStart, change, atRunTime, shownCanonically, deprecated);
    }

    Option onceConnected(String text) {
        return new Option(name, owner, initial, text, atStart, change, atRunTime, shownCanonically, deprecated);
    }

    Option kept() {
        return new Option(
                name,
                owner,
                initial,
                onceConnected,
                atStart,
                Change.KEPT,
                TextFormat.any(),
                shownCanonically,
                deprecated);
    }

    Option effective() {
        return effective(atStart);
    }

    Option effective(ValueFormat<?> runTimeFormat) {
        return new Option(
                name,
                owner,
                initial,
                onceConnected,
                atStart,
                Change.EFFECTIVE,
                runTimeFormat,
                shownCanonically,
                deprecated);
    }

    Option trigger(ValueFormat<?> runTimeFormat) {
        return new Option(
                name,
                owner,
                initial,
                onceConnected,
                atStart,
                Change.TRIGGER,
                runTimeFormat,
                shownCanonically,
                deprecated);
    }

    /** Shown in canonical form from the first connect on. */
    Option canonical() {
        return new Option(name, owner, initial, onceConnected, atStart, change, atRunTime, true, deprecated);
    }

    Option markedDeprecated() {
        return new Option(name, owner, initial, onceConnected, atStart, change, atRunTime, shownCanonically, true);
    }

    /** The canonical form of a text that was accepted, be it at start or at run time. */
    String canonical(String text) {
        return formatOf(text).canonical(text);
    }

    /** The text that is used for a text that was accepted, be it at start or at run time. */
    String effective(String text) {
        return formatOf(text).effective(text);
    }

    private ValueFormat<?> formatOf(String text) {
        try {
            atStart.parse(text);
            return atStart;
        } catch (IllegalArgumentException e) {
            return atRunTime;
        }
    }

    /** Reads a start-up text. */
    Object parseAtStart(String text) throws OptionException {
        return parse(atStart, text);
    }

    /** Reads a run-time text. */
    Object parseAtRunTime(String text) throws OptionException {
        return parse(atRunTime, text);
    }

    private Object parse(ValueFormat<?> format, String text) throws OptionException {
        try {
            return format.parse(text);
        } catch (IllegalArgumentException e) {
            OptionException refused = OptionException.refused(name, text, "expected " + format.allowed());
            refused.initCause(e);
            throw refused;
        }
    }
}
