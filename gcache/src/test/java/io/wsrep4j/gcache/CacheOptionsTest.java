package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionValues;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of options and the settings say the same. */
final class CacheOptionsTest {

    private final OptionValues values = new OptionValues(OptionCatalog.of(CacheOptions.LIST));

    @Test
    void theDefaultsAreThoseOfTheSettings() {
        values.put("gcache.dir", "/d");
        assertThat(CacheOptions.settings(values))
                .isEqualTo(CacheSettings.in(Path.of("/d")).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", "NOW"})
    void nothingCanBeFrozenBeforeSomethingIsCached(String text) {
        values.put("gcache.dir", "/d");
        values.give("gcache.freeze_purge_at_seqno", text);
        assertThatThrownBy(() -> CacheOptions.settings(values)).hasMessageContaining("not possible at start");
    }
}
