package io.wsrep4j.options;

import static io.wsrep4j.options.OptionSpec.option;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.options.OptionRelation.Side;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds for every option, whatever its name. */
final class OptionValuesTest {

    private static final ValueFormat<Long> TIME = new DurationFormat(0);

    private static final OptionList LAYER = OptionList.of(
                    "layer",
                    option("l.fixed", BooleanFormat.shownAs("true", "false"))
                            .initially("no")
                            .canonical()
                            .help("h"),
                    option("l.short", TIME)
                            .initially("PT1S")
                            .effective()
                            .between(null, new OptionBound(1, "l.long"))
                            .canonical()
                            .help("h"),
                    option("l.long", TIME)
                            .onceConnected("PT10S")
                            .effective()
                            .between(new OptionBound(2, "l.short"), null)
                            .canonical()
                            .help("h"),
                    option("l.hidden", TIME).whenUnset("PT5S").effective().help("h"),
                    option("l.kept", new IntegerFormat(0, 9))
                            .initially("1")
                            .kept()
                            .help("h"),
                    option("l.trigger", BooleanFormat.asGiven())
                            .initially("no")
                            .trigger(BooleanFormat.asGiven())
                            .help("h"),
                    option("l.again", TextFormat.any())
                            .initially("1")
                            .triggerAlways(TextFormat.any())
                            .help("h"))
            .related(OptionRelation.of(
                    "l.short",
                    1,
                    "l.long",
                    new Side("l.short", "at most l.long", "l.long"),
                    new Side("l.long", "at least l.short", "l.short")));

    private static final OptionCatalog CATALOG = OptionCatalog.of(LAYER);

    private final OptionValues values = new OptionValues(CATALOG);

    private void change(String name, String text) {
        values.examine(name, text).ifPresent(values::apply);
    }

    @Test
    void anOptionThatNobodyHasSetIsReadFromItsDefaultAndShownOnlyIfItHasAnInitialText() {
        assertThat(values.nanos("l.long")).isEqualTo(10_000_000_000L);
        assertThat(values.nanos("l.hidden")).isEqualTo(5_000_000_000L);
        assertThat(values.show()).isEqualTo("l.again = 1; l.fixed = no; l.kept = 1; l.short = PT1S; l.trigger = no; ");
    }

    @Test
    void connectingSetsWhatAppearsThenAndRewritesWhatIsCanonicalAndLosesNothing() {
        values.give("l.long", "9223372036.854775807");
        values.connecting(LAYER);
        assertThat(values.text("l.fixed")).isEqualTo("false");
        assertThat(values.text("l.long")).isEqualTo("P296Y6M11DT23H47M16.8548S");
        assertThat(values.nanos("l.long")).isEqualTo(Long.MAX_VALUE);
        assertThat(values.clockNanos("l.long")).isEqualTo(Long.MAX_VALUE / 4);
        assertThat(values.inUse()).containsEntry("l.long", "9223372036.854775807");
    }

    @ParameterizedTest
    @CsvSource({"yes, 'no'", "off, 'no'", "false, 'no'"})
    void aFixedOptionTakesOnlyThePresentText(String other, String present) {
        assertThat(values.examine("l.fixed", "no")).isEmpty();
        assertThatThrownBy(() -> values.examine("l.fixed", other))
                .isInstanceOf(OptionException.class)
                .hasMessage("option 'l.fixed' = '" + other + "' refused: it cannot be changed at run time (now: '"
                        + present + "'); set it in wsrep_provider_options and restart");
    }

    @Test
    void aChangeKeepsToItsBoundsAndIsShownCanonically() {
        assertThatThrownBy(() -> change("l.short", "PT11S"))
                .hasMessage("option 'l.short' = 'PT11S' refused: expected at most l.long (PT10S)");
        assertThatThrownBy(() -> change("l.long", "1.5"))
                .hasMessage("option 'l.long' = '1.5' refused: expected at least twice l.short (PT2S)");
        change("l.short", "8.0");
        assertThat(values.text("l.short")).isEqualTo("PT8S");
    }

    @Test
    void aChangeThatIsKeptIsAnyTextAndNobodyActsOnIt() {
        OptionChange change = values.check("l.kept", "abc");
        assertThat(change.isActedOn()).isFalse();
        values.apply(change);
        assertThat(values.text("l.kept")).isEqualTo("abc");
    }

    @Test
    void aTriggerIsNotShownButRead() {
        change("l.trigger", "yes");
        assertThat(values.text("l.trigger")).isEqualTo("no");
        assertThat(values.flag("l.trigger")).isTrue();
        assertThat(values.examine("l.trigger", "no")).as("the text shown").isEmpty();
        assertThat(values.examine("l.again", "1")).as("acts every time").isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "l.short, PT11S, , , l.short, 'at most l.long (PT10S)'",
        "l.long, PT0.5S, , , l.long, 'at least l.short (PT1S)'",
        "l.long, PT5S, l.short, PT6S, l.short, 'at most l.long (PT5S)'"
    })
    void ofTwoThatDoNotFitTheOneIsNamedThatSomebodyHasSet(
            String first, String firstText, String second, String secondText, String named, String expected) {
        values.give(first, firstText);
        if (second != null) {
            values.give(second, secondText);
        }
        assertThatThrownBy(() -> values.checkRelations(LAYER))
                .hasMessageStartingWith("option '" + named + "' = '")
                .hasMessageEndingWith(expected);
    }

    @Test
    void valuesAtStartAreCheckedAndOtherLayersArePassedOver() {
        assertThat(OptionValues.of(CATALOG, Map.of("l.short", "2", "other", "x"))
                        .nanos("l.short"))
                .isEqualTo(2_000_000_000L);
        assertThatThrownBy(() -> OptionValues.of(CATALOG, Map.of("l.kept", "10")))
                .hasMessage("option 'l.kept' = '10' refused: expected a decimal integer, 0 to 9");
        assertThatThrownBy(() -> values.check("l.none", "1")).hasMessage("Unknown parameter 'l.none'");
    }

    @Test
    void aListThatComesTwiceCountsOnceAndANameThatComesTwiceIsRefused() {
        assertThat(new OptionCatalog(List.of(LAYER, LAYER)).all()).hasSize(7);
        OptionList another = OptionList.of("another", option("l.kept", TIME).help("h"));
        assertThatThrownBy(() -> new OptionCatalog(List.of(LAYER, another)))
                .hasMessageContainingAll("l.kept", "another");
    }
}
