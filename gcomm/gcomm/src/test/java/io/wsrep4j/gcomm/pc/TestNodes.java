package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.ShortUuid;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Nodes with one-letter names, optionally followed by an incarnation: {@code a}, {@code b2}. Their ids sort as the names do. */
final class TestNodes {

    private static final Pattern SHORT_ID = Pattern.compile("([0-9a-f]{2})000000-(800[0-9a-f])");

    private TestNodes() {}

    static Uuid id(String name) {
        char letter = Character.toLowerCase(name.charAt(0));
        long incarnation = name.length() > 1 ? Long.parseLong(name.substring(1)) : 1;
        return new Uuid((long) letter << 56 | 0x1000, 0x8000_0000_0000_0000L | incarnation - 1 << 48 | letter);
    }

    static String name(Uuid id) {
        return named(ShortUuid.of(id));
    }

    /** Replaces ids in a text by names. */
    static String named(String text) {
        Matcher matcher = SHORT_ID.matcher(text);
        return matcher.replaceAll(found -> {
            char letter = (char) Integer.parseInt(found.group(1), 16);
            int incarnation = Integer.parseInt(found.group(2), 16) - 0x8000 + 1;
            return incarnation == 1 ? String.valueOf(letter) : letter + "" + incarnation;
        });
    }
}
