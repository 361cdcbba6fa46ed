package io.wsrep4j.api;

import java.util.Objects;

/** One status variable of a provider, without the host's prefix "wsrep_" (docs/spec/options-status.md 10). Immutable. */
public sealed interface StatusVariable {

    /** The name without prefix. */
    String name();

    /** A text; never null. */
    record Text(String name, String value) implements StatusVariable {
        public Text {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, name);
        }
    }

    /** A 64-bit signed integer. */
    record Int64(String name, long value) implements StatusVariable {
        public Int64 {
            Objects.requireNonNull(name, "name");
        }
    }

    /** A double. */
    record Real(String name, double value) implements StatusVariable {
        public Real {
            Objects.requireNonNull(name, "name");
        }
    }
}
