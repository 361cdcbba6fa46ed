package io.wsrep4j.options;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Splits {@code key=value;key=value} into its items (docs/spec/options-status.md 2). Holds no state. */
public final class OptionText {

    private OptionText() {}

    /**
     * The items in order, repetitions included.
     *
     * @throws OptionException if an item has no key, no '=' or two of them; the message quotes the item and its place
     */
    public static List<Map.Entry<String, String>> parse(String text) throws OptionException {
        List<Map.Entry<String, String>> items = new ArrayList<>();
        int number = 0;
        for (String item : split(text, ';')) {
            if (item.isBlank()) {
                continue;
            }
            number++;
            List<String> sides = split(item, '=');
            String key = sides.get(0).strip();
            if (sides.size() == 1) {
                throw new OptionException(
                        "option '" + key + "' (item " + number + ") has no value; expected key=value;key=value");
            }
            if (sides.size() > 2) {
                throw new OptionException("item " + number + " '" + item.strip()
                        + "' has more than one '='; expected key=value;key=value (write '\\=' for a '=' in a value)");
            }
            if (key.isEmpty()) {
                throw new OptionException(
                        "item " + number + " '" + item.strip() + "' has no key; expected key=value;key=value");
            }
            items.add(Map.entry(key, unescape(sides.get(1).strip())));
        }
        return items;
    }

    private static List<String> split(String text, char separator) {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == separator && (i == 0 || text.charAt(i - 1) != '\\')) {
                pieces.add(text.substring(start, i));
                start = i + 1;
            }
        }
        pieces.add(text.substring(start));
        return pieces;
    }

    private static String unescape(String value) {
        return value.replace("\\;", ";").replace("\\=", "=");
    }
}
