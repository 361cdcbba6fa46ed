package io.wsrep4j.provider.options;

import static io.wsrep4j.provider.options.Option.backend;
import static io.wsrep4j.provider.options.Option.provider;

import io.wsrep4j.api.HostPort;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcache.CacheSettings;
import io.wsrep4j.provider.certification.CertificationOptions;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every option that Galera 26.4.23 has, and those of our own, with their rules (docs/spec/options-status.md 5 and 6). Immutable. */
final class OptionCatalog {

    private static final long TENTH_OF_A_SECOND = DurationFormat.SECOND / 10;

    private static final ValueFormat<Boolean> YES_OR_NO = BooleanFormat.asGiven();
    private static final ValueFormat<Boolean> TRUE_OR_FALSE = BooleanFormat.shownAs("true", "false");
    private static final ValueFormat<Boolean> BIG_YES_OR_NO = BooleanFormat.shownAs("YES", "NO");
    private static final ValueFormat<String> ANY_TEXT = TextFormat.any();
    private static final ValueFormat<Long> ANY_INTEGER = new IntegerFormat(Integer.MIN_VALUE, Integer.MAX_VALUE);
    private static final ValueFormat<Long> COUNT = new IntegerFormat(0, Integer.MAX_VALUE);
    private static final ValueFormat<Long> ANY_SIZE = new SizeFormat(Long.MIN_VALUE, Long.MAX_VALUE);
    private static final ValueFormat<Long> ANY_SMALL_SIZE = new SizeFormat(Integer.MIN_VALUE, Integer.MAX_VALUE);
    private static final ValueFormat<Long> SIZE = new SizeFormat(0, Long.MAX_VALUE);
    private static final ValueFormat<Long> POSITIVE_SIZE = new SizeFormat(1, Long.MAX_VALUE);
    private static final ValueFormat<Long> DURATION = new DurationFormat(0);
    private static final ValueFormat<Long> DURATION_SHOWN_AS_GIVEN = new AsGiven<>(DURATION);
    private static final ValueFormat<Long> TENTH_OR_LONGER = new DurationFormat(TENTH_OF_A_SECOND);
    private static final ValueFormat<Long> SECOND_OR_LONGER = new DurationFormat(DurationFormat.SECOND);
    private static final ValueFormat<Long> HEX_MASK = new HexMaskFormat();
    private static final ValueFormat<Long> UNSIGNED = new UnsignedFormat();
    private static final ValueFormat<Double> SHARE = new RealFormat(0, 1, false);
    private static final ValueFormat<Double> SHARE_OR_ALL = new RealFormat(0, 1, true);
    private static final ValueFormat<?> NO_NUMBER = new WordFormat(false, "nan");
    private static final ValueFormat<Long> ONLY_ZERO = new IntegerFormat(0, 0);
    private static final String LARGEST = Integer.toString(Integer.MAX_VALUE);
    private static final ValueFormat<Object> BUFFER_SIZE = LenientFormat.of(
            new EitherFormat("auto", new SizeFormat(0, Integer.MAX_VALUE)), new EitherFormat("auto", SIZE), LARGEST);
    private static final ValueFormat<Object> SEND_BUFFER_SIZE = new LenientFormat<>(
            new EitherFormat("auto", new SizeFormat(0, Integer.MAX_VALUE)),
            new EitherFormat("auto", ANY_SIZE),
            text -> text.startsWith("-") ? "auto" : LARGEST);
    private static final ValueFormat<Long> SIZE_OR_NOTHING = LenientFormat.of(SIZE, ANY_SIZE, "0");
    private static final ValueFormat<Long> POSITIVE_OR_LEAST = LenientFormat.of(POSITIVE_SIZE, ANY_SIZE, "1");
    private static final ValueFormat<Long> WINDOW = LenientFormat.of(
            new IntegerFormat(1, Integer.MAX_VALUE), new IntegerFormat(1, Long.MAX_VALUE - 1), LARGEST);
    private static final ValueFormat<Long> WRITE_SET_LIMIT = LenientFormat.of(COUNT, ANY_INTEGER, LARGEST);
    private static final ValueFormat<String> KEY_FORMAT = new WordFormat(true, "FLAT8", "FLAT8A", "FLAT16", "FLAT16A");
    private static final ValueFormat<String> MEMBER_ID =
            new TextFormat(OptionCatalog::isUuidOrEmpty, "the UUID of a node, or nothing to clear the list");
    private static final ValueFormat<String> PEER_CHANGE = new TextFormat(
            text -> text.matches("(add|del):(tcp|ssl)://\\S+:\\d+"), "add:tcp://host:port or del:tcp://host:port");
    private static final ValueFormat<String> FREEZE =
            new TextFormat(text -> text.matches("-1|\\d{1,18}|[nN][oO][wW]"), "a seqno, now, or -1 for off");
    private static final ValueFormat<String> THREAD_PRIORITY = new TextFormat(
            text -> text.matches("|(other|fifo|rr):\\d{1,2}"), "policy:priority, policy other, fifo or rr");
    private static final ValueFormat<String> ADDRESS =
            new TextFormat(OptionCatalog::isAddress, "host, host:port or scheme://host:port (IPv6 in brackets)");

    private static boolean isAddress(String text) {
        return text.matches("([a-z]+://)?(\\[[0-9A-Fa-f:.%]+]|[^\\s:/\\[\\]]*|[0-9A-Fa-f:]+)(:\\d{1,5})?")
                && hasPortInRange(text.substring(text.indexOf("://") < 0 ? 0 : text.indexOf("://") + 3));
    }

    private static boolean hasPortInRange(String authority) {
        try {
            return HostPort.parse(authority).port() <= 65_535;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static final List<Option> BASE = List.of(
            provider("base_dir", ANY_TEXT).initially(".").kept(),
            provider("base_host", ANY_TEXT).kept(),
            provider("base_port", ANY_TEXT).initially("4567").kept(),
            provider("debug", YES_OR_NO).initially("no").trigger(YES_OR_NO));

    private static final List<Option> REPLICATION = List.of(
            provider(
                            "repl.causal_read_timeout",
                            LenientFormat.of(DURATION_SHOWN_AS_GIVEN, new WordFormat(false, ""), "PT0S"))
                    .initially("PT30S")
                    .effective(),
            provider("repl.commit_order", new IntegerFormat(0, 3)).initially("3"),
            provider("repl.key_format", KEY_FORMAT).initially("FLAT8").effective(),
            provider("repl.max_ws_size", WRITE_SET_LIMIT).initially(LARGEST).effective(new AsGiven<>(WRITE_SET_LIMIT)),
            provider("repl.proto_max", ANY_INTEGER).initially("11").kept(),
            provider("cert.log_conflicts", YES_OR_NO).initially("no").effective(),
            provider("cert.optimistic_pa", YES_OR_NO).initially("yes").effective(),
            provider("cert.max_length", LenientFormat.of(new SizeFormat(1, Integer.MAX_VALUE), ANY_SMALL_SIZE, "1")),
            provider(
                    "cert.length_check",
                    LenientFormat.of(new SizeFormat(0, Integer.MAX_VALUE), ANY_SMALL_SIZE, LARGEST)),
            // ours alone, as the next
            provider("repl.leave_timeout", SECOND_OR_LONGER),
            provider(
                            "cert.max_index_size",
                            new SizeFormat(
                                    CertificationOptions.MIN_MAX_INDEX_SIZE, CertificationOptions.MAX_MAX_INDEX_SIZE))
                    .effective());

    private static final List<Option> GROUP_LAYER = List.of(
            provider("gcs.fc_limit", SIZE).initially("16").effective(POSITIVE_SIZE),
            provider("gcs.fc_factor", LenientFormat.of(SHARE_OR_ALL, NO_NUMBER, "1.0"))
                    .initially("1.0")
                    .effective(SHARE_OR_ALL),
            provider("gcs.fc_single_primary", YES_OR_NO).initially("no"),
            provider("gcs.fc_master_slave", YES_OR_NO).initially("no").markedDeprecated(),
            provider("gcs.fc_debug", SIZE).initially("0").effective(BIG_YES_OR_NO),
            provider("gcs.sync_donor", YES_OR_NO).initially("no").trigger(YES_OR_NO),
            provider("gcs.max_packet_size", SIZE).initially("64500"),
            provider("gcs.max_throttle", LenientFormat.of(SHARE, NO_NUMBER, "0.25"))
                    .initially("0.25")
                    .effective(SHARE),
            provider("gcs.recv_q_hard_limit", POSITIVE_OR_LEAST)
                    .initially("9223372036854775807")
                    .effective(POSITIVE_SIZE),
            provider("gcs.recv_q_soft_limit", LenientFormat.of(SHARE, NO_NUMBER, "0.25"))
                    .initially("0.25")
                    .effective(SHARE),
            provider("gcs.vote_policy", LenientFormat.of(new SizeFormat(0, 254), ANY_SIZE, "0")),
            provider("gcs.stateless", YES_OR_NO));

    private static final List<Option> CACHE = List.of(
            provider("gcache.dir", ANY_TEXT),
            provider("gcache.name", ANY_TEXT).initially("galera.cache"),
            // a ring too small for a write set is no ring: nothing is kept for joiners
            provider(
                            "gcache.size",
                            LenientFormat.of(
                                    SizeFormat.zeroOr(CacheSettings.MINIMUM_RING_SIZE, CacheSettings.MAXIMUM_RING_SIZE),
                                    new SizeFormat(Long.MIN_VALUE, CacheSettings.MAXIMUM_RING_SIZE),
                                    "0"))
                    .initially("128M"),
            provider("gcache.page_size", SIZE_OR_NOTHING).initially("128M").effective(),
            provider("gcache.keep_pages_size", SIZE_OR_NOTHING).initially("0").effective(),
            provider("gcache.mem_size", SIZE_OR_NOTHING).initially("0").effective(),
            provider("gcache.recover", YES_OR_NO).initially("yes"),
            provider("gcache.keep_pages_count", COUNT).effective(),
            provider("gcache.freeze_purge_at_seqno", FREEZE).effective(),
            provider("gcache.encryption", YES_OR_NO),
            provider("gcache.encryption_cache_page_size", POSITIVE_SIZE),
            provider("gcache.encryption_cache_size", POSITIVE_SIZE));

    private static final List<Option> TRANSPORT = List.of(
            backend("gcomm.thread_prio", THREAD_PRIORITY).initially(""),
            backend("protonet.backend", new WordFormat(false, "asio"))
                    .initially("asio")
                    .markedDeprecated(),
            backend(
                            "protonet.version",
                            LenientFormat.of(
                                    new TextFormat("0"::equals, "0"), new IntegerFormat(Integer.MIN_VALUE, 0), "0"))
                    .initially("0")
                    .markedDeprecated(),
            backend("socket.checksum", new LenientFormat<>(new SizeFormat(0, 2), ANY_SMALL_SIZE, text -> "1", true))
                    .initially("2")
                    .canonical(),
            backend("socket.recv_buf_size", BUFFER_SIZE).initially("auto").effective(),
            backend("socket.send_buf_size", SEND_BUFFER_SIZE).initially("auto"),
            backend("socket.non_blocking", ANY_TEXT),
            backend("socket.ssl", YES_OR_NO),
            backend("socket.ssl_key", ANY_TEXT),
            backend("socket.ssl_cert", ANY_TEXT),
            backend("socket.ssl_ca", ANY_TEXT),
            backend("socket.ssl_cipher", ANY_TEXT),
            backend("socket.ssl_password_file", ANY_TEXT),
            backend("socket.ssl_compression", LenientFormat.of(YES_OR_NO, ANY_TEXT, "no"))
                    .markedDeprecated(),
            backend("socket.ssl_reload", ANY_TEXT).trigger(ANY_TEXT),
            backend("socket.dynamic", YES_OR_NO));

    private static final List<Option> GMCAST = List.of(
            backend("gmcast.group", ANY_TEXT),
            backend("gmcast.listen_addr", ADDRESS),
            backend("gmcast.mcast_addr", ADDRESS).onceConnected(""),
            backend("gmcast.mcast_port", LenientFormat.of(new IntegerFormat(0, 65535), ANY_TEXT, "0")),
            backend("gmcast.mcast_ttl", new IntegerFormat(1, 255))
                    .onceConnected("1")
                    .canonical(),
            backend("gmcast.peer_timeout", LenientFormat.of(new DurationFormat(1), DURATION, "PT0.000000001S"))
                    .onceConnected("PT3S")
                    .canonical(),
            backend("gmcast.time_wait", DURATION).onceConnected("PT5S").canonical(),
            backend("gmcast.segment", new IntegerFormat(0, 254)).initially("0").canonical(),
            backend("gmcast.version", ONLY_ZERO).initially("0").canonical(),
            backend("gmcast.mira", LenientFormat.of(COUNT, ANY_INTEGER, "0"))
                    .trigger(LenientFormat.of(COUNT, ANY_INTEGER, "0")),
            backend("gmcast.peer_addr", ANY_TEXT).trigger(PEER_CHANGE),
            backend("gmcast.isolate", LenientFormat.of(new IntegerFormat(0, 2), ANY_TEXT, "0"))
                    .trigger(new IntegerFormat(0, 2)));

    private static final List<Option> VIRTUAL_SYNCHRONY = List.of(
            backend("evs.version", new IntegerFormat(0, 1))
                    .onceConnected("1")
                    .effective()
                    .canonical(),
            backend("evs.suspect_timeout", TENTH_OR_LONGER)
                    .initially("PT5S")
                    .effective()
                    .canonical(),
            backend("evs.inactive_timeout", TENTH_OR_LONGER)
                    .initially("PT15S")
                    .effective()
                    .canonical(),
            backend("evs.inactive_check_period", DURATION).initially("PT0.5S").canonical(),
            backend("evs.keepalive_period", TENTH_OR_LONGER)
                    .onceConnected("PT1S")
                    .effective()
                    .canonical(),
            backend("evs.join_retrans_period", TENTH_OR_LONGER)
                    .initially("PT1S")
                    .effective()
                    .canonical(),
            backend("evs.install_timeout", DURATION).effective().canonical(),
            // what is given at start is read by nobody: see ProviderOptions.connecting
            backend("evs.causal_keepalive_period", ANY_TEXT).effective(DURATION),
            backend("evs.view_forget_timeout", SECOND_OR_LONGER)
                    .initially("PT24H")
                    .canonical(),
            backend("evs.max_install_timeouts", new IntegerFormat(0, Integer.MAX_VALUE - 1L))
                    .initially("3")
                    .effective()
                    .canonical(),
            backend("evs.send_window", WINDOW).initially("4").effective().canonical(),
            backend("evs.user_send_window", WINDOW).initially("2").effective().canonical(),
            backend("evs.use_aggregate", TRUE_OR_FALSE)
                    .onceConnected("true")
                    .effective()
                    .canonical(),
            backend("evs.delay_margin", DURATION).initially("PT1S").effective().canonical(),
            backend("evs.delayed_keep_period", DURATION)
                    .initially("PT30S")
                    .effective()
                    .canonical(),
            backend("evs.auto_evict", UNSIGNED).initially("0").effective().canonical(),
            backend("evs.evict", ANY_TEXT).trigger(MEMBER_ID),
            backend("evs.debug_log_mask", HEX_MASK)
                    .onceConnected("0x1")
                    .effective()
                    .canonical(),
            backend("evs.info_log_mask", HEX_MASK)
                    .onceConnected("0")
                    .effective()
                    .canonical(),
            backend("evs.stats_report_period", SECOND_OR_LONGER)
                    .initially("PT1M")
                    .effective()
                    .canonical());

    private static final List<Option> PRIMARY_COMPONENT = List.of(
            backend("pc.version", LenientFormat.of(new IntegerFormat(0, 1), ANY_TEXT, "0"))
                    .initially("0"),
            backend("pc.weight", new IntegerFormat(0, 254))
                    .initially("1")
                    .effective(new IntegerFormat(0, 255))
                    .canonical(),
            backend("pc.ignore_sb", TRUE_OR_FALSE)
                    .initially("false")
                    .effective(YES_OR_NO)
                    .canonical(),
            backend("pc.ignore_quorum", TRUE_OR_FALSE)
                    .initially("false")
                    .effective(YES_OR_NO)
                    .canonical(),
            backend("pc.bootstrap", ANY_TEXT).trigger(ANY_TEXT),
            backend("pc.recovery", TRUE_OR_FALSE).initially("true").canonical(),
            backend("pc.checksum", TRUE_OR_FALSE).initially("false").canonical(),
            backend("pc.announce_timeout", DURATION).initially("PT3S"),
            backend("pc.wait_prim", YES_OR_NO).initially("true"),
            backend("pc.wait_prim_timeout", DURATION).initially("PT30S"),
            backend("pc.linger", DURATION).onceConnected("PT20S").canonical(),
            backend("pc.npvo", TRUE_OR_FALSE).initially("false").canonical());

    private static final List<Option> INCREMENTAL_TRANSFER = List.of(
            provider("ist.recv_addr", ADDRESS),
            provider("ist.recv_bind", ADDRESS),
            provider("ist.keep_keys", LenientFormat.of(YES_OR_NO, ANY_TEXT, "yes")),
            provider("ist.silence_timeout", SECOND_OR_LONGER));

    private final SortedMap<String, Option> byName = new TreeMap<>();

    OptionCatalog() {
        for (List<Option> family : List.of(
                BASE,
                REPLICATION,
                GROUP_LAYER,
                CACHE,
                TRANSPORT,
                GMCAST,
                VIRTUAL_SYNCHRONY,
                PRIMARY_COMPONENT,
                INCREMENTAL_TRANSFER)) {
            for (Option option : family) {
                byName.put(option.name(), option);
            }
        }
    }

    /** The option of this name, or null. */
    Option find(String name) {
        return byName.get(name);
    }

    /** All options, sorted by name. */
    Collection<Option> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    private static boolean isUuidOrEmpty(String text) {
        if (text.isEmpty()) {
            return true;
        }
        try {
            Uuid.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
