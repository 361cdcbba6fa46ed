package io.wsrep4j.provider.log;

/** Text from outside, as it may stand in a line of the log: printable, and not too long. */
public final class OneLine {

    private static final int LONGEST = 300;

    private OneLine() {}

    /** At most {@value #LONGEST} characters of {@code text}, each other than printable ASCII as a question mark. */
    public static String of(String text) {
        String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return shown.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
