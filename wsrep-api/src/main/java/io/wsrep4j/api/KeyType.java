package io.wsrep4j.api;

/** How a transaction uses a key; the ordinal is the value in the C interface (docs/spec/wsrep-api-v26.md 3.2). */
public enum KeyType {
    SHARED,
    REFERENCE,
    UPDATE,
    EXCLUSIVE
}
