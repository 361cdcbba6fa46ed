package io.wsrep4j.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The one grammar of durations (docs/spec/options-status.md 3); DurationSpaceTest asks libgalera the same. */
final class DurationFormatTest {

    private static final DurationFormat ANY = new DurationFormat(0);

    @ParameterizedTest
    @CsvSource({
        "PT0.5S, 500000000, PT0.5S",
        "60, 60000000000, PT1M",
        "PT60S, 60000000000, PT1M",
        ".5, 500000000, PT0.5S",
        "P5S, 5000000000, PT5S",
        "PT5.S, 5000000000, PT5S",
        "PT24H, 86400000000000, P1D",
        "P1M, 2592000000000000, P1M",
        "P0000001Y, 31104000000000000, P1Y",
        "P100Y, 3110400000000000000, P100Y",
        "P1Y2M3DT4H5M6.7S, 36561906700000000, P1Y2M3DT4H5M6.7S",
        "PT1M30S, 90000000000, PT1M30S",
        "5.25, 5250000000, PT5.25S",
        "00000000000000000005, 5000000000, PT5S",
        "5., 5000000000, PT5S",
        "9223372036.854775807, 9223372036854775807, P296Y6M11DT23H47M16.8548S",
        "PT0S, 0, P",
        "PT, 0, P",
        "P, 0, P",
        ".,0, P",
        "0, 0, P"
    })
    void aDurationIsReadAndShownAsTheReferenceDoes(String text, long nanos, String shown) {
        assertThat(ANY.parse(text)).isEqualTo(nanos);
        assertThat(ANY.canonical(text)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5S",
                "pt5s",
                "abc",
                "-1",
                "PT-1S",
                "1e3",
                "PT.5S",
                "PT1.2345678901S",
                "1.0000000000",
                "9223372036.854775808",
                "P297Y",
                "PT1.5M",
                "PT1S1M",
                "P1W",
                "PT\uFF15S"
            })
    void anyOtherTextIsRefused(String text) {
        assertThatThrownBy(() -> ANY.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsTooShortIsRefusedSayingHowLongItMustBe() {
        DurationFormat tenth = new DurationFormat(DurationFormat.SECOND / 10);
        assertThat(tenth.parse("PT0.1S")).isEqualTo(100_000_000L);
        assertThatThrownBy(() -> tenth.parse("PT0.09S")).isInstanceOf(IllegalArgumentException.class);
        assertThat(tenth.allowed()).endsWith("at least PT0.1S");
    }
}
