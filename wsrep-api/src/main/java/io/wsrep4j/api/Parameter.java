package io.wsrep4j.api;

import java.util.Objects;

/**
 * One option as the config service tells a host of it, which makes a variable of its own from it (docs/spec/options-status.md 4.1). Immutable.
 *
 * @param name as operators write it in {@code wsrep_provider_options}
 * @param value the present one
 * @param deprecated nobody should set it any more
 * @param readOnly hosts are not to change it at run time
 */
public record Parameter(String name, Value value, boolean deprecated, boolean readOnly) {

    public Parameter {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, name);
    }

    /** What kind of value it is, and the value; one that is not set is off, 0 or empty. */
    public sealed interface Value {}

    /** Yes or no. */
    public record Switch(boolean on) implements Value {}

    /** A count, or bytes. */
    public record Int64(long number) implements Value {}

    /** A share, a factor, or seconds. */
    public record Real(double number) implements Value {}

    /** Anything else; never null. */
    public record Text(String text) implements Value {
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }
}
