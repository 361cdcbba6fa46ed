package io.wsrep4j.api;

/** What a piece of data in a write set is; the ordinal is the value in the C interface (docs/spec/wsrep-api-v26.md 3.2). */
public enum DataType {
    /** Applied in order: the row changes. */
    ORDERED,
    /** Applied in no order, after the ordered data. */
    UNORDERED,
    /** For people and tools only. */
    ANNOTATION
}
