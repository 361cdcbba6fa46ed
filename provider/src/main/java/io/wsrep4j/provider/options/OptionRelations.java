package io.wsrep4j.provider.options;

/**
 * Limits of one option that depend on the value of another (sheet options-status, 5.7). Holds no state. The order of the checks decides which
 * option an operator hears of first; it is the reference's.
 */
final class OptionRelations {

    private OptionRelations() {}

    /** Checks all values together, as at connect. */
    static void check(ProviderOptions options) throws OptionException {
        long suspect = options.nanos("evs.suspect_timeout");
        long inactive = options.nanos("evs.inactive_timeout");
        long keepalive = options.nanos("evs.keepalive_period");
        require(
                options,
                "evs.keepalive_period",
                keepalive <= suspect / 3,
                "at most a third of evs.suspect_timeout (" + DurationFormat.show(suspect) + ")");
        require(
                options,
                "evs.inactive_check_period",
                options.nanos("evs.inactive_check_period") <= suspect / 2,
                "at most half of evs.suspect_timeout (" + DurationFormat.show(suspect) + ")");
        long install = options.nanos("evs.install_timeout");
        require(
                options,
                "evs.install_timeout",
                install >= keepalive && install <= inactive,
                "from evs.keepalive_period (" + DurationFormat.show(keepalive) + ") to evs.inactive_timeout ("
                        + DurationFormat.show(inactive) + ")");
        require(
                options,
                "evs.user_send_window",
                options.integer("evs.user_send_window") <= options.integer("evs.send_window"),
                "at most evs.send_window (" + options.integer("evs.send_window") + ")");
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

    private static void require(ProviderOptions options, String name, boolean fits, String expected)
            throws OptionException {
        requireChange(name, options.text(name), fits, expected);
    }

    private static void requireChange(String name, String text, boolean fits, String expected) throws OptionException {
        if (!fits) {
            throw OptionException.refused(name, text, "expected " + expected);
        }
    }
}
