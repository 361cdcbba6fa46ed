package io.wsrep4j.provider.options;

/**
 * Limits of one option that depend on the value of another (docs/spec/options-status.md 5.7). Holds no state. The order of the checks is the
 * reference's.
 */
final class OptionRelations {

    private OptionRelations() {}

    /** Checks all values together, as at connect. Of two that do not fit together the one is named that somebody has set. */
    static void check(ProviderOptions options) throws OptionException {
        long suspect = options.nanos("evs.suspect_timeout");
        long inactive = options.nanos("evs.inactive_timeout");
        long keepalive = options.nanos("evs.keepalive_period");
        long checks = options.nanos("evs.inactive_check_period");
        require(
                options,
                keepalive <= suspect / 3,
                new Limit("evs.keepalive_period", "at most a third of evs.suspect_timeout", suspect),
                new Limit("evs.suspect_timeout", "at least three times evs.keepalive_period", keepalive));
        require(
                options,
                checks <= suspect / 2,
                new Limit("evs.inactive_check_period", "at most half of evs.suspect_timeout", suspect),
                new Limit("evs.suspect_timeout", "at least twice evs.inactive_check_period", checks));
        long install = options.nanos("evs.install_timeout");
        require(
                options,
                install >= keepalive,
                new Limit("evs.install_timeout", "at least evs.keepalive_period", keepalive),
                options.isGiven("evs.inactive_timeout")
                        ? new Limit("evs.inactive_timeout", "at least twice evs.keepalive_period", keepalive)
                        : new Limit("evs.keepalive_period", "at most half of evs.inactive_timeout", inactive));
        require(
                options,
                install <= inactive,
                new Limit("evs.install_timeout", "at most evs.inactive_timeout", inactive),
                new Limit("evs.inactive_timeout", "at least evs.install_timeout", install));
        long window = options.integer("evs.send_window");
        long userWindow = options.integer("evs.user_send_window");
        if (userWindow > window) {
            if (options.isGiven("evs.user_send_window")) {
                refuse(options, "evs.user_send_window", "at most evs.send_window (" + window + ")");
            }
            refuse(options, "evs.send_window", "at least evs.user_send_window (" + userWindow + ")");
        }
    }

    /** What an option is compared with: a text, and nanoseconds. */
    private record Limit(String name, String expected, long nanos) {}

    private static void require(ProviderOptions options, boolean fits, Limit first, Limit second)
            throws OptionException {
        if (!fits) {
            Limit named = options.isGiven(first.name()) || !options.isGiven(second.name()) ? first : second;
            refuse(options, named.name(), named.expected() + " (" + DurationFormat.show(named.nanos()) + ")");
        }
    }

    /** Checks a value that is about to replace the present one at run time. */
    static void checkChange(ProviderOptions options, String name, String text, Object value) throws OptionException {
        switch (name) {
            case "evs.send_window" -> {
                long user = options.integer("evs.user_send_window");
                requireChange(name, text, (Long) value >= user, "at least evs.user_send_window (" + user + ")");
            }
            case "evs.user_send_window" -> {
                long window = options.integer("evs.send_window");
                requireChange(name, text, (Long) value <= window, "at most evs.send_window (" + window + ")");
            }
            case "evs.install_timeout" -> {
                long least = 2 * options.nanos("evs.keepalive_period");
                long most = options.nanos("evs.inactive_timeout");
                requireChange(
                        name,
                        text,
                        (Long) value >= least && (Long) value <= most,
                        "from twice evs.keepalive_period (" + DurationFormat.show(least) + ") to evs.inactive_timeout ("
                                + DurationFormat.show(most) + ")");
            }
            default -> {
                // every other option stands for itself
            }
        }
    }

    private static void refuse(ProviderOptions options, String name, String expected) throws OptionException {
        throw OptionException.refused(name, options.text(name), "expected " + expected);
    }

    private static void requireChange(String name, String text, boolean fits, String expected) throws OptionException {
        if (!fits) {
            throw OptionException.refused(name, text, "expected " + expected);
        }
    }
}
