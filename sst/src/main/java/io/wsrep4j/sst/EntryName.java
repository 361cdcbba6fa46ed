package io.wsrep4j.sst;

import java.nio.charset.StandardCharsets;

/** What an entry may be called: a relative path of names with slashes between, so that a host can use it as it is below a directory of its own. */
final class EntryName {

    static final int LONGEST_BYTES = 1024;

    private EntryName() {}

    /** Null if the name is good, else what is wrong with it. */
    static String fault(String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > LONGEST_BYTES) {
            return "it has " + length + " bytes; allowed are 1 to " + LONGEST_BYTES;
        }
        if (name.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == '\\' || c == 0xfffd)) {
            return "it has a control character, a backslash or bytes that are no UTF-8";
        }
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return "'" + part + "' between slashes is not allowed";
            }
        }
        return null;
    }
}
