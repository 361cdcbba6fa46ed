package io.wsrep4j.gcomm;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;

/**
 * Makes channels for one scheme of cluster address. A backend is added by registering one of these with {@link ServiceLoader}.
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

    /** The options that this backend understands and their default values, before any channel exists; null for "no default". */
    Map<String, String> defaults();

    /**
     * Makes a channel for the scheme of {@code environment.address()}.
     *
     * @throws GroupException if no backend knows the scheme; the message lists the schemes that exist
     */
    static GroupChannel open(ChannelEnvironment environment) throws GroupException {
        String address = environment.address();
        int end = address.indexOf("://");
        if (end < 0) {
            throw new GroupException("cluster address '" + address + "' has no scheme; expected scheme://...");
        }
        String scheme = address.substring(0, end);
        TreeSet<String> known = new TreeSet<>();
        for (GroupChannelFactory factory :
                ServiceLoader.load(GroupChannelFactory.class, GroupChannelFactory.class.getClassLoader())) {
            if (factory.scheme().equals(scheme)) {
                return factory.create(environment);
            }
            known.add(factory.scheme());
        }
        throw new GroupException("Backend not supported: " + scheme + " (cluster address '" + address
                + "'; known schemes: " + known + ")");
    }
}
