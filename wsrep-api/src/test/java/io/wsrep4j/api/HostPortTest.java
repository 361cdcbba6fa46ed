package io.wsrep4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {

    @ParameterizedTest
    @CsvSource({
        "localhost, localhost, -1",
        "10.0.0.1:4567, 10.0.0.1, 4567",
        "10.0.0.1:0, 10.0.0.1, 0",
        "10.0.0.1:65535, 10.0.0.1, 65535",
        "10.0.0.1:00080, 10.0.0.1, 80",
        "[::1], ::1, -1",
        "[::1]:4567, ::1, 4567",
        "::1, ::1, -1",
        "fe80::1%eth0, fe80::1%eth0, -1",
        ":4567, '', 4567",
        "'', '', -1",
    })
    void aTextIsTakenApart(String text, String host, int port) {
        assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:999999",
                "127.0.0.1:65536",
                "127.0.0.1:-1",
                "127.0.0.1:+80",
                "127.0.0.1:",
                "127.0.0.1: 80",
                "127.0.0.1:0x50",
                "127.0.0.1:\uff14\uff15\uff16\uff17", // full width
                "127.0.0.1:\u0664\u0665", // Arabic
                "[::1]:",
                "[::1]:65536",
                "[::1",
                "[::1]4567",
            })
    void whatIsNoPortIsRefusedAndQuoted(String text) {
        assertThatThrownBy(() -> HostPort.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'")
                .hasMessageNotContaining("For input string");
    }
}
