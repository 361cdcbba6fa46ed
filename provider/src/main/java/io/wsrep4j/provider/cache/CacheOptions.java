package io.wsrep4j.provider.cache;

import io.wsrep4j.api.text.AsciiNumber;
import io.wsrep4j.gcache.CacheSettings;
import io.wsrep4j.gcache.WriteSetCache;
import io.wsrep4j.provider.options.ProviderOptions;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The {@code gcache.} options (docs/spec/options-status.md 5.5). Holds no state. */
public final class CacheOptions {

    /** What freezes purging at the newest seqno. */
    public static final String NOW = "now";

    private static final String FREEZE = "gcache.freeze_purge_at_seqno";

    private CacheOptions() {}

    /**
     * What the options say.
     *
     * @throws IllegalArgumentException naming the option, the value and what is allowed
     */
    public static CacheSettings settings(ProviderOptions options) {
        CacheSettings.Builder settings = CacheSettings.in(Path.of(options.text("gcache.dir")))
                .name(options.text("gcache.name"))
                .ringSize(options.integer("gcache.size"))
                .memorySize(options.integer("gcache.mem_size"))
                .pageSize(options.integer("gcache.page_size"))
                .keepPagesSize(options.integer("gcache.keep_pages_size"))
                .recover(options.flag("gcache.recover"));
        if (options.text("gcache.keep_pages_count") != null) {
            settings.keepPagesCount(Math.toIntExact(options.integer("gcache.keep_pages_count")));
        }
        if (options.text(FREEZE) != null) {
            settings.freezePurgeAtSeqno(freezeAtStart(options.text(FREEZE)));
        }
        if (options.text("gcache.encryption") != null) {
            settings.encryption(options.flag("gcache.encryption"));
        }
        if (options.text("gcache.encryption_cache_page_size") != null) {
            settings.encryptionCachePageSize(options.integer("gcache.encryption_cache_page_size"));
        }
        if (options.text("gcache.encryption_cache_size") != null) {
            settings.encryptionCacheSize(options.integer("gcache.encryption_cache_size"));
        }
        return settings.build();
    }

    private static OptionalLong freezeAtStart(String text) {
        if (text.equalsIgnoreCase(NOW)) {
            throw new IllegalArgumentException(
                    FREEZE + "=now is not possible at start, when nothing is cached yet; give a seqno, or -1 for off");
        }
        long seqno = AsciiNumber.parseLong(text);
        return seqno == -1 ? OptionalLong.empty() : OptionalLong.of(seqno);
    }

    /**
     * Carries out a change at run time.
     *
     * @return false if this is no option of the cache
     * @throws IllegalArgumentException if the cache refuses the value
     */
    public static boolean change(WriteSetCache.DynamicSettings cache, String name, String text, Object value) {
        switch (name) {
            case "gcache.mem_size" -> cache.memorySize((Long) value);
            case "gcache.page_size" -> cache.pageSize((Long) value);
            case "gcache.keep_pages_size" -> cache.keepPagesSize((Long) value);
            case "gcache.keep_pages_count" -> cache.keepPagesCount(Math.toIntExact((Long) value));
            case FREEZE -> {
                if (text.equalsIgnoreCase(NOW)) {
                    cache.freezePurgeNow();
                } else {
                    cache.freezePurgeAtSeqno(freezeAtStart(text));
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }
}
