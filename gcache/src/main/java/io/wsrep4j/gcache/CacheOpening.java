package io.wsrep4j.gcache;

import io.wsrep4j.gcache.file.ChronicleRuntime;
import io.wsrep4j.gcache.file.RingContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens a cache: what must be there, what a crash has left, the ring (docs/spec/gcache.md 8 to 10). Without state. */
final class CacheOpening {

    private CacheOpening() {}

    static WriteSetCache open(CacheSettings settings, HostCipher cipher) {
        return open(settings, cipher, RingContainer.MAXIMUM_SLAB);
    }

    /** @param maximumSlab largest slab of a ring that is made anew, in bytes */
    static TieredCache open(CacheSettings settings, HostCipher cipher, long maximumSlab) {
        String obstacle = ChronicleRuntime.obstacle();
        if (obstacle != null) {
            throw new CacheException("cannot open the write-set cache: " + obstacle);
        }
        Path directory = settings.directory();
        if (!Files.isDirectory(directory)) {
            throw new CacheException(
                    "gcache.dir='" + directory + "' is not a directory; create it, writable for the server");
        }
        if (!Files.isWritable(directory)) {
            throw new CacheException("gcache.dir='" + directory + "' is not writable for the server");
        }
        try {
            PageStore.removeStale(directory);
            return new TieredCache(settings, RingOpening.open(settings, maximumSlab), cipher);
        } catch (IOException e) {
            throw new CacheException("cannot open the write-set cache: " + e.getMessage(), e);
        }
    }
}
