package io.wsrep4j.options;

import io.wsrep4j.api.HostPort;

/** Where something listens: a host, perhaps with a port, perhaps with a scheme (docs/spec/options-status.md 3). Shown as given. */
public final class AddressFormat implements ValueFormat<String> {

    private static final int HIGHEST_PORT = 65_535;

    @Override
    public String parse(String text) {
        boolean isAddress = text.matches("([a-z]+://)?(\\[[0-9A-Fa-f:.%]+]|[^\\s:/\\[\\]]*|[0-9A-Fa-f:]+)(:\\d{1,5})?")
                && hasPortInRange(text.substring(text.indexOf("://") < 0 ? 0 : text.indexOf("://") + 3));
        if (!isAddress) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    private static boolean hasPortInRange(String authority) {
        try {
            return HostPort.parse(authority).port() <= HIGHEST_PORT;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String allowed() {
        return "host, host:port or scheme://host:port (IPv6 in brackets)";
    }

    @Override
    public OptionType type() {
        return OptionType.TEXT;
    }
}
