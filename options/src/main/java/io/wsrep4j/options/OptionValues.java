package io.wsrep4j.options;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The values of the options of a catalogue: texts, with readers that know what they mean. Not thread-safe.
 *
 * <p>Of each option that is set there are two texts: the one that is shown, and the one that is read. They differ when what is shown was
 * rewritten to the canonical form, which is rounded, and when a change at run time is not shown.
 */
public final class OptionValues {

    /** Times that are added to each other and to the clock are not longer, so that the sums cannot overflow: 73 years. */
    private static final long LONGEST_ON_THE_CLOCK = Long.MAX_VALUE / 4;

    private record Text(String shown, String read) {
        static Text of(String text) {
            return new Text(text, text);
        }
    }

    private final OptionCatalog catalog;
    private final TreeMap<String, Text> texts = new TreeMap<>();
    private final Set<String> given = new HashSet<>();

    /** The values before anybody has set one. */
    public OptionValues(OptionCatalog catalog) {
        this.catalog = catalog;
        for (OptionSpec option : catalog.all()) {
            if (option.initial() != null) {
                put(option.name(), option.initial());
            }
        }
    }

    /**
     * The values at start.
     *
     * @param options texts by name; names that the catalogue does not have are passed over
     * @throws OptionException if one is refused
     */
    public static OptionValues of(OptionCatalog catalog, Map<String, String> options) {
        OptionValues values = new OptionValues(catalog);
        catalog.known(options).forEach(values::give);
        return values;
    }

    /** The same values, which from now on change separately. */
    public OptionValues copy() {
        OptionValues copy = new OptionValues(catalog);
        copy.texts.clear();
        copy.texts.putAll(texts);
        copy.given.addAll(given);
        return copy;
    }

    public OptionCatalog catalog() {
        return catalog;
    }

    // ---- setting

    /**
     * Somebody sets an option at start, or in the cluster's address.
     *
     * @throws OptionException if the text is refused
     */
    public void give(String name, String text) {
        find(name).parseAtStart(text);
        put(name, text);
        given.add(name);
    }

    /** Sets an option to what follows from others. */
    public void put(String name, String text) {
        find(name);
        texts.put(name, Text.of(text));
    }

    public void putIfAbsent(String name, String text) {
        find(name);
        texts.putIfAbsent(name, Text.of(text));
    }

    /** The node connects: defaults that appear then are set, and what is shown canonically is rewritten. */
    public void connecting(OptionList layer) {
        for (OptionSpec option : layer.options()) {
            if (option.onceConnected() != null) {
                putIfAbsent(option.name(), option.onceConnected());
            }
            if (option.is(OptionSpec.Flag.CANONICAL)) {
                texts.computeIfPresent(
                        option.name(), (name, text) -> new Text(option.canonical(text.read()), text.read()));
            }
        }
    }

    /**
     * Checks what the options of a layer must be to each other.
     *
     * @throws OptionException for the first two that do not fit together
     */
    public void checkRelations(OptionList layer) {
        layer.relations().forEach(relation -> relation.check(this));
    }

    /**
     * Checks a change at run time; nothing is changed yet.
     *
     * @return empty if the option has this text already
     * @throws OptionException if there is no such option, it is fixed, or the text is refused
     */
    public Optional<OptionChange> examine(String name, String text) {
        return isPresent(name, text) ? Optional.empty() : Optional.of(check(name, text));
    }

    /**
     * Checks a change at run time, be it to the text that the option has already; nothing is changed yet.
     *
     * @throws OptionException if there is no such option, it is fixed, or the text is refused
     */
    public OptionChange check(String name, String text) {
        OptionSpec option = catalog.find(name);
        if (option == null) {
            throw new OptionException(OptionException.unknown(name));
        }
        if (option.change() == OptionSpec.Change.REFUSED) {
            throw OptionException.refused(
                    name,
                    text,
                    "it cannot be changed at run time (now: "
                            + (texts.containsKey(name) ? "'" + text(name) + "'" : "not set")
                            + "); set it in wsrep_provider_options and restart");
        }
        Object value = option.parseAtRunTime(text);
        option.limits().check(this, name, text, value);
        return new OptionChange(option, text, value);
    }

    /** True if a change to this text does nothing, since the option has it. */
    public boolean isPresent(String name, String text) {
        OptionSpec option = catalog.find(name);
        return option != null && option.change() != OptionSpec.Change.TRIGGER_ALWAYS && text.equals(text(name));
    }

    /** Keeps a change that was examined and has been acted on. */
    public void apply(OptionChange change) {
        switch (change.option().change()) {
            case KEPT -> put(change.name(), change.text());
            case EFFECTIVE -> {
                texts.put(change.name(), new Text(change.option().atRunTime().canonical(change.text()), change.text()));
                given.add(change.name());
            }
            case TRIGGER, TRIGGER_ALWAYS -> {
                texts.computeIfPresent(change.name(), (name, text) -> new Text(text.shown(), change.text()));
                given.add(change.name());
            }
            case REFUSED -> throw new IllegalStateException(change.name() + " is fixed");
        }
    }

    // ---- reading

    /** @throws IllegalArgumentException if there is no such option */
    OptionSpec find(String name) {
        OptionSpec option = catalog.find(name);
        if (option == null) {
            throw new IllegalArgumentException("no option is named " + name);
        }
        return option;
    }

    /** True if the option is set, by somebody or by itself. */
    public boolean isSet(String name) {
        return text(name) != null;
    }

    /** The host set this one: at start, in the cluster's address, or since. */
    public boolean isGiven(String name) {
        return given.contains(name);
    }

    /** The text of an option as it is shown; null when it is not set. */
    public String text(String name) {
        find(name);
        Text text = texts.get(name);
        return text == null ? null : text.shown();
    }

    /** The text of an option as it is shown, or else its default; null if there is none. */
    public String textOrDefault(String name) {
        return isSet(name) ? text(name) : find(name).defaultText();
    }

    /** The canonical form of a value. */
    String canonical(String name) {
        return find(name).canonical(read(name));
    }

    private String read(String name) {
        OptionSpec option = find(name);
        Text text = texts.get(name);
        String read = text == null ? option.defaultText() : text.read();
        if (read == null) {
            throw new IllegalStateException("option " + name + " is not set");
        }
        return read;
    }

    /** What the text of an option, or its default, means: a Boolean, a Long (bytes, nanoseconds or a count), a Double or a String. */
    public Object value(String name) {
        return find(name).value(read(name));
    }

    /** An integer, the bytes of a size, or the nanoseconds of a duration. */
    public long integer(String name) {
        return (Long) value(name);
    }

    /** An integer whose format has no larger ones. */
    public int smallInteger(String name) {
        return Math.toIntExact(integer(name));
    }

    /** Nanoseconds of a duration. */
    public long nanos(String name) {
        return integer(name);
    }

    /** Nanoseconds of a duration, at most 73 years of them: for what adds times to each other or to the clock. */
    public long clockNanos(String name) {
        return Math.min(nanos(name), LONGEST_ON_THE_CLOCK);
    }

    /** A switch. */
    public boolean flag(String name) {
        return (Boolean) value(name);
    }

    /** A share or a factor. */
    public double real(String name) {
        return (Double) value(name);
    }

    /** All options that are set as {@code name = value; }, sorted by name; a host can give this text back. */
    public String show() {
        StringBuilder all = new StringBuilder(4096);
        texts.forEach((name, text) -> all.append(name)
                .append(" = ")
                .append(text.shown().replace("=", "\\=").replace(";", "\\;"))
                .append("; "));
        return all.toString();
    }

    /** All options that are set, by name, as they are shown. */
    public SortedMap<String, String> shown() {
        SortedMap<String, String> all = new TreeMap<>();
        texts.forEach((name, text) -> all.put(name, text.shown()));
        return all;
    }

    /** All options that are set, by name, with the texts that are in use. */
    public SortedMap<String, String> inUse() {
        SortedMap<String, String> all = new TreeMap<>();
        texts.forEach((name, text) -> all.put(name, find(name).effective(text.read())));
        return all;
    }
}
