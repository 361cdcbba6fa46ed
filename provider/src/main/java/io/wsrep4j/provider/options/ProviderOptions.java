package io.wsrep4j.provider.options;

import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.Parameter;
import io.wsrep4j.gcache.CacheOptions;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.ist.IstOptions;
import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionChange;
import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionParameters;
import io.wsrep4j.options.OptionSpec;
import io.wsrep4j.options.OptionText;
import io.wsrep4j.options.OptionValues;
import io.wsrep4j.provider.certification.CertificationOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The options of one provider: texts, checked, with typed readers (docs/spec/options-status.md 1 to 8).
 *
 * <p>Thread-safe: every method holds this object's lock; none of them blocks but {@link #connecting}, which may resolve a host name, and {@link
 * #change}, which acts on a change without that lock: only who changes the same option waits for it.
 */
public final class ProviderOptions {

    private static final List<GroupChannelFactory> BACKENDS = GroupChannelFactory.all();

    private static final OptionCatalog CATALOG = new OptionCatalog(Stream.concat(
                    Stream.of(
                            BaseOptions.LIST,
                            ReplicationOptions.LIST,
                            CertificationOptions.LIST,
                            CacheOptions.LIST,
                            IstOptions.LIST,
                            GroupOptions.LIST),
                    BACKENDS.stream().flatMap(backend -> backend.options().stream()))
            .toList());

    private OptionValues values = new OptionValues(CATALOG);
    private boolean backendKnown;
    /** Changes that are being acted on, by option: at most one each. */
    private final Map<String, OptionChange> underWay = new TreeMap<>();

    private ProviderOptions() {}

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
        String cache = options.text("gcache.dir");
        if (cache == null || cache.isEmpty()) {
            options.values.put("gcache.dir", options.text("base_dir"));
        }
        options.requireDirectory("base_dir");
        options.requireDirectory("gcache.dir");
        BACKENDS.forEach(backend -> backend.starting(options.values));
        return options;
    }

    private void deriveFrom(InitArguments arguments) throws OptionException {
        String directory = arguments.dataDirectory().toString();
        if (!directory.isEmpty()) {
            values.put("base_dir", directory.endsWith("/") ? directory : directory + "/");
        }
        if (!arguments.nodeAddress().isEmpty()) {
            NodeAddress address = NodeAddress.parse(arguments.nodeAddress());
            values.put("base_host", address.host());
            values.put("ist.recv_addr", address.host());
            if (address.port() != null) {
                values.put("base_port", address.port());
            }
        }
    }

    private void takeStartText(String text, Consumer<String> notes, Consumer<String> warnings) throws OptionException {
        List<Map.Entry<String, String>> items = OptionText.parse(text);
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, String> item : items) {
            if (CATALOG.find(item.getKey()) == null) {
                unknown.add(OptionException.unknown(item.getKey()));
            }
        }
        if (!unknown.isEmpty()) {
            throw new OptionException(unknown);
        }
        for (Map.Entry<String, String> item : items) {
            OptionSpec option = CATALOG.find(item.getKey());
            values.give(option.name(), item.getValue());
            if (option.is(OptionSpec.Flag.DEPRECATED)) {
                warnings.accept("option '" + option.name() + "' is deprecated");
            }
            // any cache that is too small for a write set is meant to keep nothing for joiners
            option.replacement(item.getValue()).ifPresent(option.name().equals("gcache.size") ? notes : warnings);
        }
    }

    private void requireDirectory(String name) throws OptionException {
        Path directory = Path.of(text(name));
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw OptionException.refused(name, text(name), "expected a directory that this process can write to");
        }
    }

    /**
     * Completes and checks everything that group communication reads, as each connect does.
     *
     * @param backend that the address's scheme names
     * @param clusterAddress as the host gave it
     * @throws OptionException if a value is refused; the options stay as they were
     */
    public synchronized void connecting(GroupChannelFactory backend, String clusterAddress) throws OptionException {
        OptionValues completed = values.copy();
        try {
            backend.connecting(clusterAddress, completed);
        } catch (OptionException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            OptionException refused = new OptionException(e.getMessage());
            refused.initCause(e);
            throw refused;
        }
        values = completed;
        backendKnown = true;
    }

    /** The backend's options are unknown at run time until the next {@link #connecting}. */
    public synchronized void disconnected() {
        backendKnown = false;
    }

    /** All options there are. */
    public static OptionCatalog catalog() {
        return CATALOG;
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
     * Changes options at run time, left to right, up to the first that is refused; what was changed before stays changed. Blocks as long as the target
     * takes, and while somebody else changes the same option.
     *
     * @throws OptionException if one is refused
     */
    public void change(String text, ChangeTarget target) throws OptionException {
        for (Map.Entry<String, String> item : OptionText.parse(text)) {
            change(item.getKey(), item.getValue(), target);
        }
    }

    private void change(String name, String text, ChangeTarget target) {
        boolean ofBackend =
                BACKENDS.stream().flatMap(backend -> backend.options().stream()).anyMatch(list -> list.has(name));
        OptionChange change = begin(name, text, ofBackend);
        if (change == null) {
            return;
        }
        boolean done = false;
        try {
            if (change.isActedOn()) {
                act(change, ofBackend, target);
            }
            done = true;
        } finally {
            end(change, done);
        }
    }

    /** The change, checked and under way; null if the option has this value already. */
    private synchronized OptionChange begin(String name, String text, boolean ofBackend) {
        awaitTurn(name);
        if (values.isPresent(name, text)) {
            return null;
        }
        if (ofBackend && !backendKnown) {
            throw new OptionException(
                    OptionException.unknown(name) + ": it belongs to group communication, which is not connected");
        }
        OptionChange change = values.check(name, text);
        // it must fit to those that are under way, whatever comes of them
        OptionValues soon = values.copy();
        underWay.values().forEach(soon::apply);
        soon.check(name, text);
        underWay.put(name, change);
        return change;
    }

    /** An interrupt is kept for later: who changes the option now has a bound. */
    private void awaitTurn(String name) {
        boolean interrupted = false;
        while (underWay.containsKey(name)) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void end(OptionChange change, boolean done) {
        underWay.remove(change.name());
        if (done) {
            values.apply(change);
        }
        notifyAll();
    }

    private static void act(OptionChange change, boolean ofBackend, ChangeTarget target) {
        try {
            target.change(change.name(), change.used(), change.value(), ofBackend);
        } catch (OptionException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            OptionException refused = OptionException.refused(change.name(), change.text(), e.getMessage());
            refused.initCause(e);
            throw refused;
        }
    }

    /** All options that are set as {@code name = value; }, sorted by name; good as an argument of {@link #change}. */
    public synchronized String show() {
        return values.show();
    }

    /** What hosts are told that show every option as a variable of its own. */
    public synchronized List<Parameter> parameters() {
        return OptionParameters.of(values);
    }

    /** All options that are set, by name, with the texts that are in use; {@link #show} has them as they were given. */
    public synchronized SortedMap<String, String> snapshot() {
        return values.inUse();
    }

    /** The values as they are now, which change no more. */
    public synchronized OptionValues values() {
        return values.copy();
    }

    /** The text of an option; null when it is not set. */
    public synchronized String text(String name) {
        return values.text(name);
    }

    /** Nanoseconds of a duration. */
    public synchronized long nanos(String name) {
        return values.nanos(name);
    }

    /** An integer, or the bytes of a size. */
    public synchronized long integer(String name) {
        return values.integer(name);
    }

    /** A switch. */
    public synchronized boolean flag(String name) {
        return values.flag(name);
    }
}
