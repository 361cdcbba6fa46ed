package io.wsrep4j.tests.gcomm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * A member in a process of its own, to be killed. Arguments: name, cluster address, directory, group, whether it bootstraps, options as {@code
 * key=value}. Its events go to standard output, a line each. Commands on standard input: {@code send COUNT LENGTH}, {@code leave}; it ends with
 * its input.
 */
public final class MemberMain {

    private MemberMain() {}

    /** Runs it. */
    public static void main(String[] arguments) throws Exception {
        String name = arguments[0];
        Map<String, String> options = new TreeMap<>();
        for (String option : Arrays.copyOfRange(arguments, 5, arguments.length)) {
            options.put(option.substring(0, option.indexOf('=')), option.substring(option.indexOf('=') + 1));
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.ISO_8859_1);
        try (Member member =
                new Member(name, arguments[1], Path.of(arguments[2]), options, line -> out.print(line + "\n"))) {
            member.join(arguments[3], Boolean.parseBoolean(arguments[4]));
            out.print("joined\n");
            obey(member, name);
        }
    }

    private static void obey(Member member, String name) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1));
        int sent = 0;
        String line;
        while ((line = in.readLine()) != null) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "send" -> {
                    for (int i = Integer.parseInt(words[1]); i > 0; i--) {
                        member.send(name + ":" + sent++ + ":", Integer.parseInt(words[2]));
                    }
                }
                case "leave" -> {
                    return;
                }
                default -> throw new IllegalArgumentException("unknown command " + line);
            }
        }
    }
}
