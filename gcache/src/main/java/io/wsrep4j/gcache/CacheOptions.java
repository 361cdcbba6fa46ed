package io.wsrep4j.gcache;

import static io.wsrep4j.options.OptionSpec.option;

import io.wsrep4j.api.text.AsciiNumber;
import io.wsrep4j.options.BooleanFormat;
import io.wsrep4j.options.IntegerFormat;
import io.wsrep4j.options.LenientFormat;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionValues;
import io.wsrep4j.options.SizeFormat;
import io.wsrep4j.options.TextFormat;
import io.wsrep4j.options.ValueFormat;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The {@code gcache.} options (docs/spec/options-status.md 5.5). Holds no state. */
public final class CacheOptions {

    /** What freezes purging at the newest seqno. */
    private static final String NOW = "now";

    private static final String FREEZE = "gcache.freeze_purge_at_seqno";

    private static final ValueFormat<Boolean> YES_OR_NO = BooleanFormat.asGiven();
    private static final ValueFormat<Long> POSITIVE_SIZE = new SizeFormat(1, Long.MAX_VALUE);
    private static final ValueFormat<Long> SIZE_OR_NOTHING =
            LenientFormat.of(new SizeFormat(0, Long.MAX_VALUE), new SizeFormat(Long.MIN_VALUE, Long.MAX_VALUE), "0");

    /** A ring too small for a write set is no ring: nothing is kept for joiners. */
    private static final ValueFormat<Long> RING_SIZE = LenientFormat.of(
            SizeFormat.zeroOr(CacheSettings.MINIMUM_RING_SIZE, CacheSettings.MAXIMUM_RING_SIZE),
            new SizeFormat(Long.MIN_VALUE, CacheSettings.MAXIMUM_RING_SIZE),
            "0");

    /** All of them. */
    public static final OptionList LIST = OptionList.of(
            "gcache",
            option("gcache.dir", TextFormat.any())
                    .derivedFrom("base_dir")
                    .readOnly()
                    .help("directory of the write-set cache's files"),
            option("gcache.name", TextFormat.any())
                    .initially(CacheSettings.DEFAULT_NAME)
                    .readOnly()
                    .help("file of the ring: absolute, or relative to gcache.dir"),
            option("gcache.size", RING_SIZE)
                    .initially("128M")
                    .readOnly()
                    .in("bytes")
                    .help("size of the ring; 0 for none"),
            option("gcache.page_size", SIZE_OR_NOTHING)
                    .initially("128M")
                    .effective()
                    .in("bytes")
                    .help("size of a new overflow page"),
            option("gcache.keep_pages_size", SIZE_OR_NOTHING)
                    .initially("0")
                    .effective()
                    .in("bytes")
                    .help("total of freed overflow pages that are kept"),
            option("gcache.mem_size", SIZE_OR_NOTHING)
                    .initially("0")
                    .effective()
                    .in("bytes")
                    .help("size of the store in memory; 0 for none"),
            option("gcache.recover", YES_OR_NO)
                    .initially("yes")
                    .readOnly()
                    .help("use what the ring holds from before the start"),
            option("gcache.keep_pages_count", new IntegerFormat(0, Integer.MAX_VALUE))
                    .whenUnset("0")
                    .effective()
                    .in("pages")
                    .help("number of freed overflow pages that are kept"),
            option(
                            FREEZE,
                            new TextFormat(
                                    text -> text.matches("-1|\\d{1,18}|[nN][oO][wW]"), "a seqno, now, or -1 for off"))
                    .whenUnset("-1")
                    .effective()
                    .help("write sets from this seqno on stay cached; now is the newest one, -1 is off"),
            option("gcache.encryption", YES_OR_NO)
                    .whenUnset("no")
                    .readOnly()
                    .help("encrypt the cache's files with the host's key"),
            option("gcache.encryption_cache_page_size", POSITIVE_SIZE)
                    .whenUnset("32K")
                    .readOnly()
                    .in("bytes")
                    .help("granularity of plain copies beside an encrypted cache"),
            option("gcache.encryption_cache_size", POSITIVE_SIZE)
                    .whenUnset("16M")
                    .readOnly()
                    .in("bytes")
                    .help("plain copies of write sets beside an encrypted cache"));

    private CacheOptions() {}

    /**
     * What the options say.
     *
     * @throws IllegalArgumentException naming the option, the value and what is allowed
     */
    public static CacheSettings settings(OptionValues options) {
        return CacheSettings.in(Path.of(options.text("gcache.dir")))
                .name(options.text("gcache.name"))
                .ringSize(options.integer("gcache.size"))
                .memorySize(options.integer("gcache.mem_size"))
                .pageSize(options.integer("gcache.page_size"))
                .keepPagesSize(options.integer("gcache.keep_pages_size"))
                .recover(options.flag("gcache.recover"))
                .keepPagesCount(options.smallInteger("gcache.keep_pages_count"))
                .freezePurgeAtSeqno(freezeAtStart(options.textOrDefault(FREEZE)))
                .encryption(options.flag("gcache.encryption"))
                .encryptionCachePageSize(options.integer("gcache.encryption_cache_page_size"))
                .encryptionCacheSize(options.integer("gcache.encryption_cache_size"))
                .build();
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
