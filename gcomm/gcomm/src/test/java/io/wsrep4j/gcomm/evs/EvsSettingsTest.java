package io.wsrep4j.gcomm.evs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
                .hasMessageContaining("option 'evs.");
    }

    @ParameterizedTest
    @CsvSource({
        "evs.view_forget_timeout,PT1H",
        "evs.inactive_check_period,PT1S",
        "evs.send_window,1",
        "evs.user_send_window,5",
        "evs.install_timeout,PT1S"
    })
    void illegal_changes_are_refused_at_run_time(String name, String value) {
        assertThatThrownBy(() -> EvsSettings.defaults().with(name, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(value);
    }

    @Test
    void an_option_that_is_none_is_refused_by_name() {
        assertThatThrownBy(() -> EvsSettings.defaults().with("evs.no_such_option", "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'evs.no_such_option'");
    }

    @Test
    void the_defaults_are_those_of_the_reference() {
        EvsSettings settings = EvsSettings.defaults();
        assertThat(settings.viewForgetTimeout()).isEqualTo(86_400_000_000_000L);
        assertThat(settings.installTimeout()).isEqualTo(7_500_000_000L);
        assertThat(settings.causalKeepalivePeriod()).isEqualTo(1_000_000_000L);
        assertThat(settings.infoLogMask()).isZero();
        assertThat(settings.debugLogMask()).isEqualTo(1);
        assertThat(EvsSettings.read(Map.of("evs.causal_keepalive_period", "PT3S"))
                        .causalKeepalivePeriod())
                .as("a value given at start is ignored")
                .isEqualTo(1_000_000_000L);
    }

    @Test
    void a_change_at_run_time_is_exact_however_it_is_shown() {
        EvsSettings settings = EvsSettings.defaults();
        assertThat(settings.with("evs.auto_evict", "-1").autoEvict()).isEqualTo(-1);
        assertThat(settings.with("evs.delay_margin", "2.123456789").delayMargin())
                .isEqualTo(2_123_456_789L);
        assertThat(settings.with("evs.causal_keepalive_period", "PT0S").causalKeepalivePeriod())
                .isZero();
        assertThat(settings.with("evs.send_window", "8")
                        .with("evs.user_send_window", "8")
                        .userSendWindow())
                .isEqualTo(8);
        assertThat(settings.with("evs.inactive_check_period", "PT0.5S").inactiveCheckPeriod())
                .isEqualTo(settings.inactiveCheckPeriod());
    }

    /** Times are added to each other and to the clock. */
    @ParameterizedTest
    @CsvSource({"P100Y", "9223372036.854775807"})
    void a_time_that_would_overflow_the_clock_is_read_as_a_long_one(String text) {
        assertThat(EvsSettings.read(Map.of("evs.delay_margin", text)).delayMargin())
                .isEqualTo(Long.MAX_VALUE / 4);
        assertThat(EvsSettings.read(Map.of("evs.inactive_timeout", text)).inactiveTimeout())
                .isEqualTo(Long.MAX_VALUE / 4);
    }
}
