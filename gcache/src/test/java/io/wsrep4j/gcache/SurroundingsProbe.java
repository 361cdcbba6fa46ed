package io.wsrep4j.gcache;

import io.wsrep4j.api.Uuid;
import java.io.IOException;
import java.nio.file.Path;

/** Opens, uses and closes a cache in a process of its own; what it prints last is how it ended. */
final class SurroundingsProbe {

    private SurroundingsProbe() {}

    /** Arguments: directory, ring size, page size, payload. */
    public static void main(String[] arguments) throws IOException {
        CacheSettings settings = CacheSettings.in(Path.of(arguments[0]))
                .ringSize(Long.parseLong(arguments[1]))
                .pageSize(Long.parseLong(arguments[2]))
                .build();
        try (WriteSetCache cache = WriteSetCache.open(settings, HostCipher.NONE)) {
            cache.reset(new Uuid(1, 2), 0);
            try {
                for (int seqno = 1; seqno <= 3; seqno++) {
                    Payload.append(cache, seqno, Integer.parseInt(arguments[3]));
                }
            } catch (CacheFullException e) {
                long next = Math.max(0, cache.newest()) + 1;
                Payload.append(cache, next, 10);
                Payload.assertWhole(cache, cache.oldest(), next);
                System.out.println("refused: " + e.getMessage());
                return;
            }
            Thread.getAllStackTraces().keySet().forEach(thread -> System.out.println("thread: " + thread.getName()));
            System.out.println("property: " + System.getProperty("wsrep4j.planted"));
            System.out.println("newest: " + cache.newest());
        } catch (CacheException e) {
            System.out.println("not opened: " + e.getMessage());
        }
    }
}
