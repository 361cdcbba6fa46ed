package io.wsrep4j.provider.certification;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.KeyType;
import io.wsrep4j.provider.writeset.KeyCursor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The order of open operations' keys is that of the C++ container, recorded while it grew and shrank (docs/spec/writeset-certification.md checklist
 * 52).
 */
class NonBlockingKeysTest {

    private static final int NAMES = 90;

    private final NonBlockingKeys keys = new NonBlockingKeys();
    private final Map<Long, Set<Integer>> held = new HashMap<>();

    @Test
    void allHeldKeysConflictButTheOneThatTheContainerIteratesOverLast() throws IOException {
        for (String line : recorded()) {
            String[] words = line.split(" ");
            long owner = Long.parseLong(words[1]);
            if (words[0].equals("start")) {
                start(owner, words);
            } else {
                held.remove(owner);
                keys.remove(owner);
            }
            int last = Integer.parseInt(words[words.length - 1]);
            Set<Integer> all = new HashSet<>();
            held.values().forEach(all::addAll);
            for (int name = 0; name < NAMES; name++) {
                assertThat(keys.conflicts(key(KeyType.REFERENCE, name)))
                        .as("k%d conflicts after '%s'", name, line)
                        .isEqualTo(all.contains(name) && name != last);
            }
        }
    }

    @Test
    void anUpdatedOrExclusiveKeyConflictsWhereverItIs() {
        keys.add(key(KeyType.UPDATE, 1), 1);
        assertThat(keys.conflicts(key(KeyType.REFERENCE, 1))).isTrue();
        keys.remove(1);
        keys.add(key(KeyType.EXCLUSIVE, 1), 2);
        assertThat(keys.conflicts(key(KeyType.SHARED, 1))).isTrue();
        assertThat(keys.conflicts(key(KeyType.EXCLUSIVE, 2))).isFalse();
    }

    private void start(long owner, String[] words) {
        Set<Integer> names = new HashSet<>();
        for (int i = 3; i < words.length - 2; i++) {
            int name = Integer.parseInt(words[i]);
            keys.add(key(KeyType.REFERENCE, name), owner);
            names.add(name);
        }
        held.put(owner, names);
    }

    private static KeyCursor key(KeyType type, int name) {
        KeyCursor cursor = new KeyCursor()
                .wrap(TestWriteSets.version6().key(type, "k" + name).from(TestWriteSets.A, 1));
        assertThat(cursor.next()).isTrue();
        return cursor;
    }

    private static List<String> recorded() throws IOException {
        try (InputStream in = NonBlockingKeysTest.class.getResourceAsStream("/vectors/multiset_order.txt")) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
            assertThat(lines).hasSize(260);
            return lines;
        }
    }
}
