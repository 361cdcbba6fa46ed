package io.wsrep4j.gcomm.netty;

import static io.wsrep4j.options.OptionSpec.option;

import io.wsrep4j.options.BooleanFormat;
import io.wsrep4j.options.EitherFormat;
import io.wsrep4j.options.IntegerFormat;
import io.wsrep4j.options.LenientFormat;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.OptionSpec;
import io.wsrep4j.options.OptionType;
import io.wsrep4j.options.SizeFormat;
import io.wsrep4j.options.TextFormat;
import io.wsrep4j.options.ValueFormat;
import io.wsrep4j.options.WordFormat;
import java.util.stream.Stream;

/** The options of sockets and what drives them (docs/spec/options-status.md 5.6 and 6). Holds no state. */
public final class TransportOptions {

    static final String RECEIVE_BUFFER = "socket.recv_buf_size";
    static final String SEND_BUFFER = "socket.send_buf_size";
    static final String CHECKSUM = "socket.checksum";

    private static final String LARGEST = Integer.toString(Integer.MAX_VALUE);
    private static final ValueFormat<String> ANY_TEXT = TextFormat.any();
    private static final ValueFormat<Boolean> YES_OR_NO = BooleanFormat.asGiven();
    private static final ValueFormat<Object> SENSIBLE_BUFFER =
            new EitherFormat("auto", new SizeFormat(0, Integer.MAX_VALUE));

    private static final OptionSpec[] DRIVER = {
        option(
                        "gcomm.thread_prio",
                        new TextFormat(
                                text -> text.matches("|(other|fifo|rr):\\d{1,2}"),
                                "policy:priority, policy other, fifo or rr"))
                .initially("")
                .help("no effect: a Java thread cannot be scheduled so"),
        option("protonet.backend", new WordFormat(false, "asio"))
                .initially("asio")
                .readOnly()
                .deprecated()
                .help("no effect"),
        option(
                        "protonet.version",
                        LenientFormat.of(
                                new TextFormat("0"::equals, "0"), new IntegerFormat(Integer.MIN_VALUE, 0), "0"))
                .initially("0")
                .readOnly()
                .deprecated()
                .as(OptionType.TEXT)
                .help("no effect")
    };

    private static final OptionSpec[] SOCKETS = {
        option(
                        CHECKSUM,
                        new LenientFormat<>(
                                new SizeFormat(0, 2),
                                new SizeFormat(Integer.MIN_VALUE, Integer.MAX_VALUE),
                                text -> "1",
                                true))
                .initially("2")
                .canonical()
                .readOnly()
                .help("checksum of frames: 0 none, 1 CRC-32, 2 CRC-32C"),
        option(
                        RECEIVE_BUFFER,
                        LenientFormat.of(
                                SENSIBLE_BUFFER, new EitherFormat("auto", new SizeFormat(0, Long.MAX_VALUE)), LARGEST))
                .initially("auto")
                .effective()
                .in("bytes")
                .help("receive buffer of a socket; a change takes effect on open ones too"),
        option(
                        SEND_BUFFER,
                        new LenientFormat<>(
                                SENSIBLE_BUFFER,
                                new EitherFormat("auto", new SizeFormat(Long.MIN_VALUE, Long.MAX_VALUE)),
                                text -> text.startsWith("-") ? "auto" : LARGEST))
                .initially("auto")
                .in("bytes")
                .help("send buffer of a socket"),
        option("socket.non_blocking", ANY_TEXT).hidden().help("no effect")
    };

    private static final OptionSpec[] TLS = {
        option("socket.ssl", YES_OR_NO)
                .derivedFrom("yes if socket.ssl_key or socket.ssl_cert is set")
                .readOnly()
                .help("encrypt connections; no switches TLS off whatever files are named"),
        option("socket.ssl_key", ANY_TEXT).readOnly().help("file with the private key (PEM)"),
        option("socket.ssl_cert", ANY_TEXT).readOnly().help("file with the certificate and its chain (PEM)"),
        option("socket.ssl_ca", ANY_TEXT)
                .derivedFrom("socket.ssl_cert")
                .readOnly()
                .help("file with the certificates that are trusted (PEM)"),
        option("socket.ssl_cipher", ANY_TEXT)
                .readOnly()
                .help("list of ciphers for TLS 1.2, as OpenSSL writes it; empty for the default"),
        option("socket.ssl_password_file", ANY_TEXT)
                .readOnly()
                .help("file whose first line is the password of the private key"),
        option("socket.ssl_compression", LenientFormat.of(YES_OR_NO, ANY_TEXT, "no"))
                .readOnly()
                .deprecated()
                .help("no effect"),
        option("socket.ssl_reload", ANY_TEXT)
                .triggerAlways(ANY_TEXT)
                .as(OptionType.SWITCH)
                .help("reads key, certificate and trusted certificates again, whatever the value"),
        option("socket.dynamic", YES_OR_NO)
                .whenUnset("no")
                .readOnly()
                .help("each connection finds out whether its peer speaks TLS")
    };

    /** All of them. */
    public static final OptionList LIST = OptionList.of(
            "transport", Stream.of(DRIVER, SOCKETS, TLS).flatMap(Stream::of).toArray(OptionSpec[]::new));

    private TransportOptions() {}
}
