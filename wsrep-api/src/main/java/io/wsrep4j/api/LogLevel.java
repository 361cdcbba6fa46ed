package io.wsrep4j.api;

/** Severity of a line given to {@link Host#log}; the ordinal is the value in the C interface (docs/spec/wsrep-api-v26.md 3.2). */
public enum LogLevel {
    /** Logged like an error; never ends the process by itself. */
    FATAL,
    ERROR,
    WARN,
    INFO,
    DEBUG
}
