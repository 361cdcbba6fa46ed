package io.wsrep4j.gcomm;

import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionValues;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;

/**
 * Makes channels for one scheme of cluster address (docs/spec/gcs.md 22). A backend is added by registering one of these with {@link ServiceLoader}.
 */
public interface GroupChannelFactory {

    /** The text before {@code ://}. */
    String scheme();

    /**
     * Makes a channel; opens no connection.
     *
     * @param environment address, options and the means that the channel works with
     * @throws GroupException if the address or an option is refused
     */
    GroupChannel create(ChannelEnvironment environment) throws GroupException;

    /** The options of this backend, layer by layer; a layer that two backends stand on gives both the same list. */
    List<OptionList> options();

    /**
     * A node starts: what follows from its options before anybody knows the cluster's address is checked and filled in. Every backend is asked.
     *
     * @param values of all options of the provider
     * @throws OptionException if one is refused
     */
    default void starting(OptionValues values) {}

    /**
     * A node is about to connect: options in the address's query are set, defaults that depend on the address or on other options are filled
     * in, and what options must be to each other is checked. May resolve host names, so it may block.
     *
     * @param address the whole cluster address
     * @param values of all options of the provider
     * @throws IllegalArgumentException if the address, or an option, is refused
     */
    default void connecting(String address, OptionValues values) {}

    /** True if a node that connects to this address forms a group of its own, without being told to. */
    default boolean formsGroup(String address) {
        return false;
    }

    /** All backends there are. */
    static List<GroupChannelFactory> all() {
        return ServiceLoader.load(GroupChannelFactory.class, GroupChannelFactory.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /**
     * The backend for an address's scheme.
     *
     * @throws GroupException if no backend knows the scheme; the message lists the schemes that exist
     */
    static GroupChannelFactory of(String address) throws GroupException {
        int end = address.indexOf("://");
        if (end < 0) {
            throw new GroupException("cluster address '" + address + "' has no scheme; expected scheme://...");
        }
        String scheme = address.substring(0, end);
        TreeSet<String> known = new TreeSet<>();
        for (GroupChannelFactory factory : all()) {
            if (factory.scheme().equals(scheme)) {
                return factory;
            }
            known.add(factory.scheme());
        }
        throw new GroupException("Backend not supported: " + scheme + " (cluster address '" + address
                + "'; known schemes: " + known + ")");
    }

    /**
     * Makes a channel for the scheme of {@code environment.address()}.
     *
     * @throws GroupException if no backend knows the scheme, or an option is refused
     */
    static GroupChannel open(ChannelEnvironment environment) throws GroupException {
        return of(environment.address()).create(environment);
    }
}
