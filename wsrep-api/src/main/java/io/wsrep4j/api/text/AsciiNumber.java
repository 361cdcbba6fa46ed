package io.wsrep4j.api.text;

/**
 * Numbers in options, addresses and files are written in ASCII. Java's own parsers take full-width and other Unicode digits too, which nobody
 * else in a cluster does; so every text goes through here first. Holds no state.
 */
public final class AsciiNumber {

    private static final int END_OF_ASCII = 128;

    private AsciiNumber() {}

    /**
     * The text itself.
     *
     * @throws NumberFormatException if there is a character beyond ASCII
     */
    public static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= END_OF_ASCII) {
                throw new NumberFormatException("a character that is not ASCII in '" + text + "'");
            }
        }
        return text;
    }

    /** {@link Integer#parseInt(String)} of ASCII digits. */
    public static int parseInt(String text) {
        return Integer.parseInt(of(text));
    }

    /** {@link Long#parseLong(String)} of ASCII digits. */
    public static long parseLong(String text) {
        return Long.parseLong(of(text));
    }
}
