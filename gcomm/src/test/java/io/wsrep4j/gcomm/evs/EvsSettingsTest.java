package io.wsrep4j.gcomm.evs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.gcomm.options.Durations;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/spec/gcomm-evs.md 16, checklist 39. */
class EvsSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "evs.version,2",
        "evs.view_forget_timeout,PT0.5S",
        "evs.suspect_timeout,PT0.05S",
        "evs.suspect_timeout,PT1S", // the keepalive period is too long for it
        "evs.inactive_check_period,PT3S",
        "evs.keepalive_period,PT2S",
        "evs.install_timeout,PT16S",
        "evs.install_timeout,PT0.5S",
        "evs.inactive_timeout,PT1S", // the install time-out that follows from it is too short
        "evs.send_window,0",
        "evs.send_window,1",
        "evs.user_send_window,5",
        "evs.user_send_window,1K",
        "evs.use_aggregate,2",
        "evs.max_install_timeouts,-1",
        "evs.delay_margin,abc",
        "evs.auto_evict,abc",
        "evs.info_log_mask,zz",
        "evs.join_retrans_period,pt5s"
    })
    void illegal_values_are_refused_at_start_with_key_and_value(String name, String value) {
        assertThatThrownBy(() -> EvsSettings.read(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("option evs.");
    }

    @ParameterizedTest
    @CsvSource({
        "evs.view_forget_timeout,PT1H",
        "evs.inactive_check_period,PT1S",
        "evs.send_window,1",
        "evs.user_send_window,5",
        "evs.install_timeout,PT1S",
        "evs.no_such_option,1"
    })
    void illegal_changes_are_refused_at_run_time(String name, String value) {
        assertThatThrownBy(() -> EvsSettings.defaults().with(name, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(value);
    }

    @Test
    void defaults_and_changes_are_shown_in_canonical_form() {
        EvsSettings settings = EvsSettings.defaults();
        assertThat(settings.texts())
                .containsEntry("evs.view_forget_timeout", "P1D")
                .containsEntry("evs.install_timeout", "PT7.5S")
                .containsEntry("evs.causal_keepalive_period", "PT1S")
                .containsEntry("evs.info_log_mask", "0")
                .containsEntry("evs.debug_log_mask", "0x1");
        assertThat(EvsSettings.read(Map.of("evs.causal_keepalive_period", "PT3S"))
                        .causalKeepalivePeriod())
                .as("a value given at start is ignored")
                .isEqualTo(1_000_000_000L);
        assertThat(settings.with("evs.auto_evict", "-1").texts())
                .containsEntry("evs.auto_evict", "18446744073709551615");
        assertThat(settings.with("evs.delay_margin", "2.5").texts()).containsEntry("evs.delay_margin", "PT2.5S");
        assertThat(settings.with("evs.causal_keepalive_period", "PT0S").texts())
                .containsEntry("evs.causal_keepalive_period", "P");
        assertThat(settings.with("evs.inactive_check_period", "0.5")).isEqualTo(settings);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0.5S,500000000,PT0.5S",
        "60,60000000000,PT1M",
        ".5,500000000,PT0.5S",
        "P5S,5000000000,PT5S",
        "PT24H,86400000000000,P1D",
        "P1M,2592000000000000,P1M",
        "PT1M30S,90000000000,PT1M30S",
        "5.25,5250000000,PT5.25S",
        "PT0S,0,P"
    })
    void durations_are_read_and_shown_as_the_reference_does(String text, long nanos, String shown) {
        assertThat(Durations.parse(text)).isEqualTo(nanos);
        assertThat(Durations.format(nanos)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"5S", "pt5s", "abc", "''", "-1", "PT-1S", "1e3", "PT1.2345678901S"})
    void other_texts_are_no_durations(String text) {
        assertThat(Durations.parse(text)).isNegative();
    }
}
