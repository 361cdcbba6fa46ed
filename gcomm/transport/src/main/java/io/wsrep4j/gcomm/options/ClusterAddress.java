package io.wsrep4j.gcomm.options;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cluster address taken apart: {@code scheme://host[:port][,host[:port]...][?option=value[&option=value...]]} (docs/spec/gcomm-transport-pc.md 16).
 *
 * @param scheme the text before {@code ://}
 * @param authorities each {@code host[:port]} as written, in order; a host may be empty; a list of one empty text for {@code gcomm://}
 * @param options the query in its order, later values of a key winning; these override provider options
 */
public record ClusterAddress(String scheme, List<String> authorities, Map<String, String> options) {

    public ClusterAddress {
        authorities = List.copyOf(authorities);
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Takes an address apart.
     *
     * @throws IllegalArgumentException if it has no scheme, or its query is malformed; the message quotes it
     */
    public static ClusterAddress parse(String address) {
        int schemeEnd = address.indexOf("://");
        if (schemeEnd <= 0) {
            throw new IllegalArgumentException("cluster address '" + address
                    + "' has no scheme; expected scheme://host[:port],...[?option=value&...]");
        }
        String rest = address.substring(schemeEnd + 3);
        int queryStart = rest.indexOf('?');
        String hosts = queryStart < 0 ? rest : rest.substring(0, queryStart);
        // a path has no meaning here; hosts write "gcomm://host/"
        int slash = hosts.indexOf('/');
        if (slash >= 0) {
            hosts = hosts.substring(0, slash);
        }
        List<String> authorities = new ArrayList<>();
        for (String authority : hosts.split(",", -1)) {
            authorities.add(authority.trim());
        }
        return new ClusterAddress(
                address.substring(0, schemeEnd),
                authorities,
                queryStart < 0 ? Map.of() : query(address, rest.substring(queryStart + 1)));
    }

    private static Map<String, String> query(String address, String text) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String item : text.split("&", -1)) {
            if (item.isEmpty()) {
                continue;
            }
            int equals = item.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException(
                        "cluster address '" + address + "': '" + item + "' is not option=value");
            }
            options.put(
                    item.substring(0, equals).trim(), item.substring(equals + 1).trim());
        }
        return options;
    }

    /** The scheme and hosts, without the query. */
    @Override
    public String toString() {
        return scheme + "://" + String.join(",", authorities);
    }
}
