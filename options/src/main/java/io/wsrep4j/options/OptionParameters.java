package io.wsrep4j.options;

import io.wsrep4j.api.Parameter;
import java.util.List;
import java.util.stream.Stream;

/** What the config service tells hosts of options (docs/spec/options-status.md 4.1). Holds no state. */
public final class OptionParameters {

    private static final double NANOS = DurationFormat.SECOND;

    private OptionParameters() {}

    /** All options that are not hidden, sorted by name, with the values that are shown, or their defaults. */
    public static List<Parameter> of(OptionValues values) {
        return values.catalog().all().stream()
                .filter(option -> !option.is(OptionSpec.Flag.HIDDEN))
                .map(option -> of(option, values.textOrDefault(option.name())))
                .toList();
    }

    private static Parameter of(OptionSpec option, String text) {
        return new Parameter(
                option.name(),
                value(option, text),
                option.is(OptionSpec.Flag.DEPRECATED),
                option.is(OptionSpec.Flag.READ_ONLY));
    }

    private static Parameter.Value value(OptionSpec option, String text) {
        return switch (option.type()) {
            case SWITCH -> new Parameter.Switch(meaning(option, text, BooleanFormat.asGiven(), Boolean.FALSE));
            case INTEGER ->
                new Parameter.Int64(meaning(option, text, new SizeFormat(Long.MIN_VALUE, Long.MAX_VALUE), 0L));
            case REAL ->
                new Parameter.Real(
                        meaning(option, text, new RealFormat(-Double.MAX_VALUE, Double.MAX_VALUE, true), 0.0));
            case DURATION -> new Parameter.Real(meaning(option, text, new DurationFormat(0), 0L) / NANOS);
            case TEXT -> new Parameter.Text(text == null ? "" : text);
        };
    }

    /**
     * What a text means to the option, or, if its format is another one than hosts are told, to any of that kind.
     *
     * @param nothing for an option that is not set, or that keeps some other text for the next start
     */
    @SuppressWarnings("unchecked") // of the class of "nothing"
    private static <T> T meaning(OptionSpec option, String text, ValueFormat<T> told, T nothing) {
        if (text == null) {
            return nothing;
        }
        return Stream.of(option.atStart(), option.atRunTime(), told)
                .flatMap(format -> parsed(format, text))
                .filter(nothing.getClass()::isInstance)
                .map(value -> (T) value)
                .findFirst()
                .orElse(nothing);
    }

    private static Stream<Object> parsed(ValueFormat<?> format, String text) {
        try {
            return Stream.of(format.parse(text));
        } catch (IllegalArgumentException e) {
            return Stream.empty();
        }
    }
}
