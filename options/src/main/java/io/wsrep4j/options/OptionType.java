package io.wsrep4j.options;

/** What kind of value an option has; hosts that show every option as a variable of its own need to know. */
public enum OptionType {
    /** Yes or no. */
    SWITCH,
    /** A whole number. */
    INTEGER,
    /** A floating-point number. */
    REAL,
    /** A length of time; its value is in nanoseconds. */
    DURATION,
    /** Anything else. */
    TEXT
}
