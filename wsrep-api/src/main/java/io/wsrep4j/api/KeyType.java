package io.wsrep4j.api;

/** How a transaction uses a key; the ordinal is the value in the C interface (sheet wsrep-api-v26, 3.2). */
public enum KeyType {
    SHARED,
    REFERENCE,
    UPDATE,
    EXCLUSIVE
}
