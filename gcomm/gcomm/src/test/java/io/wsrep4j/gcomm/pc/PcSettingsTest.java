package io.wsrep4j.gcomm.pc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pc.* options (docs/spec/gcomm-transport-pc.md 16 and docs/spec/options-status.md 5.8 and 6). */
class PcSettingsTest {

    @Test
    void theDefaultsAreThoseOfGalera() {
        Map<String, String> defaults = new HashMap<>();
        PcOptions.LIST.options().forEach(option -> defaults.put(option.name(), option.defaultText()));
        assertThat(defaults)
                .containsEntry("pc.announce_timeout", "PT3S")
                .containsEntry("pc.bootstrap", null)
                .containsEntry("pc.checksum", "false")
                .containsEntry("pc.ignore_quorum", "false")
                .containsEntry("pc.ignore_sb", "false")
                .containsEntry("pc.linger", "PT20S")
                .containsEntry("pc.npvo", "false")
                .containsEntry("pc.recovery", "true")
                .containsEntry("pc.version", "0")
                .containsEntry("pc.wait_prim", "true")
                .containsEntry("pc.wait_prim_timeout", "PT30S")
                .containsEntry("pc.weight", "1")
                .hasSize(12);
    }

    @ParameterizedTest
    @CsvSource({
        "pc.weight, 255",
        "pc.weight, -1",
        "pc.weight, abc",
        "pc.weight, 1K",
        "pc.ignore_sb, maybe",
        "pc.recovery, 2",
        "pc.linger, 5S",
        "pc.wait_prim_timeout, soon",
    })
    void aBadValueIsRefusedWithItsName(String name, String value) {
        assertThatThrownBy(() -> PcSettings.read(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("'" + value + "'");
    }
}
