package io.wsrep4j.provider.options;

import io.wsrep4j.api.HostPort;
import io.wsrep4j.api.InitArguments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The options of one provider: texts, checked, with typed readers (docs/spec/options-status.md 1 to 8).
 *
 * <p>Thread-safe: every method holds this object's lock; none of them blocks but {@link #connecting}, which may resolve a host name.
 */
public final class ProviderOptions {

    private static final String DEFAULT_PORT = "4567";

    private final OptionCatalog catalog = new OptionCatalog();
    private final TreeMap<String, String> texts = new TreeMap<>();
    private final Set<String> given = new HashSet<>();
    private boolean backendKnown;

    private ProviderOptions() {
        for (Option option : catalog.all()) {
            if (option.initial() != null) {
                texts.put(option.name(), option.initial());
            }
        }
    }

    /**
     * Reads and checks what a host gives at init.
     *
     * @param notes takes a line for a value that stands for another one and is as good
     * @param warnings takes a line for each deprecated option that is set, and for each value that makes no sense and is replaced
     * @throws OptionException if anything is refused; all unknown options are reported together
     */
    public static ProviderOptions atInit(InitArguments arguments, Consumer<String> notes, Consumer<String> warnings)
            throws OptionException {
        ProviderOptions options = new ProviderOptions();
        options.deriveFrom(arguments);
        options.takeStartText(arguments.options(), notes, warnings);
        if (options.textOr("gcache.dir", "").isEmpty()) {
            options.texts.put("gcache.dir", options.text("base_dir"));
        }
        options.requireDirectory("base_dir");
        options.requireDirectory("gcache.dir");
        if (TlsRequest.made(options)) {
            options.texts.put("socket.ssl", "YES");
            options.texts.putIfAbsent("socket.ssl_cipher", "");
            options.texts.put("socket.ssl_reload", "1");
        }
        return options;
    }

    private void deriveFrom(InitArguments arguments) throws OptionException {
        String directory = arguments.dataDirectory().toString();
        if (!directory.isEmpty()) {
            texts.put("base_dir", directory.endsWith("/") ? directory : directory + "/");
        }
        if (!arguments.nodeAddress().isEmpty()) {
            NodeAddress address = NodeAddress.parse(arguments.nodeAddress());
            texts.put("base_host", address.host());
            texts.put("ist.recv_addr", address.host());
            if (address.port() != null) {
                texts.put("base_port", address.port());
            }
        }
    }

    private void takeStartText(String text, Consumer<String> notes, Consumer<String> warnings) throws OptionException {
        List<Map.Entry<String, String>> items = OptionText.parse(text);
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, String> item : items) {
            if (catalog.find(item.getKey()) == null) {
                unknown.add(OptionException.unknown(item.getKey()));
            }
        }
        if (!unknown.isEmpty()) {
            throw new OptionException(unknown);
        }
        for (Map.Entry<String, String> item : items) {
            Option option = catalog.find(item.getKey());
            option.parseAtStart(item.getValue());
            if (option.deprecated()) {
                warnings.accept("option '" + option.name() + "' is deprecated");
            }
            // any cache that is too small for a write set is meant to keep nothing for joiners
            tellIfReplaced(option, item.getValue(), option.name().equals("gcache.size") ? notes : warnings);
            texts.put(option.name(), item.getValue());
            given.add(option.name());
        }
    }

    private static void tellIfReplaced(Option option, String text, Consumer<String> log) {
        ValueFormat<?> format = option.atStart();
        if (format.isReplaced(text)) {
            log.accept("option '" + option.name() + "' = '" + text + "' is taken for '" + format.effective(text)
                    + "'; expected " + format.allowed());
        }
    }

    private void requireDirectory(String name) throws OptionException {
        Path directory = Path.of(text(name));
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw OptionException.refused(name, text(name), "expected a directory that this process can write to");
        }
    }

    /**
     * Completes and checks everything that group communication reads, as each connect does: options in the address's query win, defaults that
     * depend on others are filled in, the listening address is resolved.
     *
     * @param clusterAddress as the host gave it
     * @throws OptionException if a value is refused; the options stay as they were
     */
    public synchronized void connecting(String clusterAddress) throws OptionException {
        TreeMap<String, String> before = new TreeMap<>(texts);
        boolean completed = false;
        try {
            takeQuery(clusterAddress);
            texts.putIfAbsent("evs.install_timeout", DurationFormat.show(nanos("evs.inactive_timeout") / 2));
            for (Option option : catalog.all()) {
                complete(option);
            }
            texts.put("evs.causal_keepalive_period", text("evs.keepalive_period"));
            completeAddresses(clusterAddress);
            OptionRelations.check(this);
            completed = true;
        } finally {
            if (!completed) {
                texts.clear();
                texts.putAll(before);
            }
        }
        backendKnown = true;
    }

    private void takeQuery(String clusterAddress) throws OptionException {
        int query = clusterAddress.indexOf('?');
        if (query < 0) {
            return;
        }
        for (String item : clusterAddress.substring(query + 1).split("&")) {
            int equals = item.indexOf('=');
            Option option = equals < 0 ? null : catalog.find(item.substring(0, equals));
            if (option != null && isQueryOption(option.name())) {
                String text = item.substring(equals + 1);
                option.parseAtStart(text);
                texts.put(option.name(), text);
                given.add(option.name());
            }
        }
    }

    /** The host set this one, at start, in the cluster's address or since. */
    boolean isGiven(String name) {
        return given.contains(name);
    }

    private static boolean isQueryOption(String name) {
        return name.startsWith("gmcast.") || name.startsWith("evs.") || name.startsWith("pc.");
    }

    private void complete(Option option) {
        if (option.onceConnected() != null) {
            texts.putIfAbsent(option.name(), option.onceConnected());
        }
        if (option.shownCanonically()) {
            texts.computeIfPresent(option.name(), (name, text) -> option.canonical(text));
        }
    }

    private void completeAddresses(String clusterAddress) throws OptionException {
        boolean tls = TlsRequest.made(this) && !(text("socket.dynamic") != null && flag("socket.dynamic"));
        ListenAddress listen = ListenAddress.complete(text("gmcast.listen_addr"), tls, basePort());
        texts.put("gmcast.listen_addr", listen.toString());
        texts.put("base_port", Integer.toString(listen.port()));
        if (clusterAddress.isEmpty()) {
            throw new OptionException("the cluster address is empty; expected scheme://host,host?option=value");
        }
    }

    private int basePort() throws OptionException {
        String text = textOr("base_port", DEFAULT_PORT);
        try {
            return HostPort.port(text);
        } catch (IllegalArgumentException e) {
            if (text("gmcast.listen_addr") != null && text("gmcast.listen_addr").matches(".*:\\d+")) {
                return 0;
            }
            OptionException refused = OptionException.refused("base_port", text, "expected a port from 0 to 65535");
            refused.initCause(e);
            throw refused;
        }
    }

    /** The backend's options are unknown at run time until the next {@link #connecting}. */
    public synchronized void disconnected() {
        backendKnown = false;
    }

    /** The names of all options there are, in order. */
    public static List<String> names() {
        return new OptionCatalog().all().stream().map(Option::name).toList();
    }

    /** Someone who acts on changes of options at run time. */
    public interface ChangeTarget {

        /**
         * Acts on a new value before it is kept.
         *
         * @param text as it was given, or what is taken instead
         * @param value what the text means: a Boolean, a Long (bytes, nanoseconds or a count), a Double or a String
         * @param ofBackend the option belongs to group communication
         * @throws IllegalArgumentException if it cannot be taken over; the message says why
         */
        void change(String name, String text, Object value, boolean ofBackend);
    }

    /**
     * Changes options at run time, left to right, up to the first that is refused; what was changed before stays changed.
     *
     * @throws OptionException if one is refused
     */
    public synchronized void change(String text, ChangeTarget target) throws OptionException {
        for (Map.Entry<String, String> item : OptionText.parse(text)) {
            change(item.getKey(), item.getValue(), target);
        }
    }

    private void change(String name, String text, ChangeTarget target) throws OptionException {
        Option option = catalog.find(name);
        if (option == null) {
            throw new OptionException(OptionException.unknown(name));
        }
        if (text.equals(texts.get(name)) && !name.equals("socket.ssl_reload")) {
            return;
        }
        boolean ofBackend = option.owner() == Option.Owner.BACKEND;
        if (ofBackend && !backendKnown) {
            throw new OptionException(
                    OptionException.unknown(name) + ": it belongs to group communication, which is not connected");
        }
        if (option.change() == Option.Change.REFUSED) {
            throw OptionException.refused(
                    name,
                    text,
                    "it cannot be changed at run time (now: "
                            + (texts.containsKey(name) ? "'" + texts.get(name) + "'" : "not set")
                            + "); set it in wsrep_provider_options and restart");
        }
        Object value = option.parseAtRunTime(text);
        OptionRelations.checkChange(this, name, text, value);
        act(option, text, value, target);
    }

    private void act(Option option, String text, Object value, ChangeTarget target) throws OptionException {
        if (option.change() == Option.Change.KEPT) {
            texts.put(option.name(), text);
            return;
        }
        given.add(option.name());
        String before = texts.get(option.name());
        if (option.change() == Option.Change.EFFECTIVE) {
            texts.put(option.name(), option.atRunTime().canonical(text));
        }
        try {
            target.change(
                    option.name(), option.atRunTime().effective(text), value, option.owner() == Option.Owner.BACKEND);
        } catch (IllegalArgumentException e) {
            if (before == null) {
                texts.remove(option.name());
            } else {
                texts.put(option.name(), before);
            }
            OptionException refused = OptionException.refused(option.name(), text, e.getMessage());
            refused.initCause(e);
            throw refused;
        }
    }

    /** All options that are set as {@code name = value; }, sorted by name; good as an argument of {@link #change}. */
    public synchronized String show() {
        StringBuilder all = new StringBuilder(4096);
        texts.forEach((name, text) -> all.append(name)
                .append(" = ")
                .append(text.replace("=", "\\=").replace(";", "\\;"))
                .append("; "));
        return all.toString();
    }

    /** All options that are set, by name, with the texts that are in use; {@link #show} has them as they were given. */
    public synchronized SortedMap<String, String> snapshot() {
        SortedMap<String, String> all = new TreeMap<>();
        texts.forEach((name, text) -> all.put(name, catalog.find(name).effective(text)));
        return all;
    }

    /** The text of an option; null when it is not set. */
    public synchronized String text(String name) {
        if (catalog.find(name) == null) {
            throw new IllegalArgumentException("no option is named " + name);
        }
        return texts.get(name);
    }

    private String textOr(String name, String otherwise) {
        String text = text(name);
        return text == null ? otherwise : text;
    }

    /** Nanoseconds of a duration. */
    public long nanos(String name) {
        return (Long) value(name);
    }

    /** An integer, or the bytes of a size. */
    public long integer(String name) {
        return (Long) value(name);
    }

    /** A switch. */
    public boolean flag(String name) {
        return (Boolean) value(name);
    }

    /** A share or a factor. */
    public double real(String name) {
        return (Double) value(name);
    }

    private synchronized Object value(String name) {
        String text = text(name);
        if (text == null) {
            throw new IllegalStateException("option " + name + " is not set");
        }
        Option option = catalog.find(name);
        try {
            return option.parseAtStart(text);
        } catch (OptionException e) {
            return parseRunTimeText(option, text, e);
        }
    }

    private static Object parseRunTimeText(Option option, String text, OptionException refusedAtStart) {
        try {
            return option.parseAtRunTime(text);
        } catch (OptionException e) {
            e.addSuppressed(refusedAtStart);
            throw new IllegalStateException("a text that was accepted cannot be read", e);
        }
    }
}
