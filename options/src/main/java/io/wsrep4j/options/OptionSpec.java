package io.wsrep4j.options;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * All that is known about one option (docs/spec/options-status.md 5 and 6). Immutable; made with {@link #option}.
 *
 * @param name as operators write it
 * @param atStart what is allowed at start
 * @param atRunTime what is allowed at run time
 * @param change what a change at run time does
 * @param limits what else holds at run time: other options' values
 * @param initial its text before anybody sets it; null for "not set"
 * @param onceConnected its text after the first connect if nobody set it; null for "as before"
 * @param whenUnset the text that is read while it is not set; null if there is none
 * @param derived where its default comes from, in words; null if it is one of the texts above, or there is none
 * @param type of the value, as hosts are told
 * @param unit of the value; empty for none, and for what says so itself
 * @param flags what else there is to know
 * @param help what it does, in one sentence for operators
 */
public record OptionSpec(
        String name,
        ValueFormat<?> atStart,
        ValueFormat<?> atRunTime,
        Change change,
        OptionLimits limits,
        String initial,
        String onceConnected,
        String whenUnset,
        String derived,
        OptionType type,
        String unit,
        Set<Flag> flags,
        String help) {

    /** What a change at run time does. */
    public enum Change {
        /** It is refused, unless the text is the present one. */
        REFUSED,
        /** The text is kept, and that is all until the next start. */
        KEPT,
        /** It takes effect, and the text is kept. */
        EFFECTIVE,
        /** It does something once; the text shown does not change. */
        TRIGGER,
        /** As {@link #TRIGGER}, even if the text is the one shown. */
        TRIGGER_ALWAYS
    }

    /** What else there is to know about an option. */
    public enum Flag {
        /** Rewritten to the canonical text at connect. */
        CANONICAL,
        /** Setting it at start is warned about. */
        DEPRECATED,
        /** Hosts that show every option leave it out. */
        HIDDEN,
        /** Meant not to change at run time, whatever {@link OptionSpec#change} says. */
        READ_ONLY
    }

    public OptionSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(atStart, name);
        Objects.requireNonNull(atRunTime, name);
        Objects.requireNonNull(help, name);
        flags = Set.copyOf(flags);
    }

    /** Begins an option that cannot be changed at run time and has no default; {@link Builder#help} ends it. */
    public static Builder option(String name, ValueFormat<?> format) {
        return new Builder(name, format);
    }

    public boolean is(Flag flag) {
        return flags.contains(flag);
    }

    /** What is read while nobody has set it; null if there is nothing. */
    public String defaultText() {
        return initial != null ? initial : onceConnected != null ? onceConnected : whenUnset;
    }

    /**
     * Reads a start-up text.
     *
     * @throws OptionException if it is refused
     */
    public Object parseAtStart(String text) {
        return parse(atStart, text);
    }

    /**
     * Reads a run-time text.
     *
     * @throws OptionException if it is refused
     */
    public Object parseAtRunTime(String text) {
        return parse(atRunTime, text);
    }

    private Object parse(ValueFormat<?> format, String text) {
        try {
            return format.parse(text);
        } catch (IllegalArgumentException e) {
            OptionException refused = OptionException.refused(name, text, "expected " + format.allowed());
            refused.initCause(e);
            throw refused;
        }
    }

    /** The canonical form of a text that was accepted, be it at start or at run time. */
    String canonical(String text) {
        return formatOf(text).canonical(text);
    }

    /** The text that is used for a text that was accepted, be it at start or at run time. */
    String effective(String text) {
        return formatOf(text).effective(text);
    }

    /** What a text means that was accepted, be it at start or at run time. */
    Object value(String text) {
        return formatOf(text).parse(text);
    }

    private ValueFormat<?> formatOf(String text) {
        try {
            atStart.parse(text);
            return atStart;
        } catch (IllegalArgumentException e) {
            return atRunTime;
        }
    }

    /** A line for the log if another value is used at start than the one given. */
    public Optional<String> replacement(String text) {
        return atStart.isReplaced(text)
                ? Optional.of("option '" + name + "' = '" + text + "' is taken for '" + atStart.effective(text)
                        + "'; expected " + atStart.allowed())
                : Optional.empty();
    }

    /** Collects what is known about an option. */
    public static final class Builder {

        private final String name;
        private final ValueFormat<?> atStart;
        private final Set<Flag> flags = EnumSet.noneOf(Flag.class);
        private ValueFormat<?> atRunTime;
        private Change change = Change.REFUSED;
        private OptionLimits limits = OptionLimits.NONE;
        private String initial;
        private String onceConnected;
        private String whenUnset;
        private String derived;
        private OptionType type;
        private String unit = "";

        private Builder(String name, ValueFormat<?> format) {
            this.name = name;
            this.atStart = format;
            this.atRunTime = format;
            this.type = format.type();
        }

        /** Set to this text before anybody sets it. */
        public Builder initially(String text) {
            initial = text;
            return this;
        }

        /** Set to this text when the node connects, if nobody has set it. */
        public Builder onceConnected(String text) {
            onceConnected = text;
            return this;
        }

        /** Read as this text while it is not set, and not shown. */
        public Builder whenUnset(String text) {
            whenUnset = text;
            return this;
        }

        /** Its default comes from elsewhere. */
        public Builder derivedFrom(String words) {
            derived = words;
            return this;
        }

        /** A change at run time is kept, and that is all until the next start. */
        public Builder kept() {
            return changing(Change.KEPT, TextFormat.any());
        }

        /** A change at run time takes effect. */
        public Builder effective() {
            return changing(Change.EFFECTIVE, atStart);
        }

        public Builder effective(ValueFormat<?> runTimeFormat) {
            return changing(Change.EFFECTIVE, runTimeFormat);
        }

        /** A change at run time does something once. */
        public Builder trigger(ValueFormat<?> runTimeFormat) {
            return changing(Change.TRIGGER, runTimeFormat);
        }

        /** A change at run time does something once, even if the text is the one shown. */
        public Builder triggerAlways(ValueFormat<?> runTimeFormat) {
            return changing(Change.TRIGGER_ALWAYS, runTimeFormat);
        }

        private Builder changing(Change kind, ValueFormat<?> runTimeFormat) {
            change = kind;
            atRunTime = runTimeFormat;
            return this;
        }

        /** At run time it must keep between these; either may be null. */
        public Builder between(OptionBound least, OptionBound most) {
            limits = new OptionLimits(least, most);
            return this;
        }

        /** Shown in canonical form from the first connect on. */
        public Builder canonical() {
            flags.add(Flag.CANONICAL);
            return this;
        }

        public Builder deprecated() {
            flags.add(Flag.DEPRECATED);
            return this;
        }

        public Builder hidden() {
            flags.add(Flag.HIDDEN);
            return this;
        }

        public Builder readOnly() {
            flags.add(Flag.READ_ONLY);
            return this;
        }

        /** Hosts are told of another type than the format's. */
        public Builder as(OptionType told) {
            type = told;
            return this;
        }

        public Builder in(String unitName) {
            unit = unitName;
            return this;
        }

        /** Ends the option with a sentence on what it does. */
        public OptionSpec help(String text) {
            return new OptionSpec(
                    name,
                    atStart,
                    atRunTime,
                    change,
                    limits,
                    initial,
                    onceConnected,
                    whenUnset,
                    derived,
                    type,
                    unit,
                    flags,
                    text);
        }
    }
}
