package io.wsrep4j.api;

/** Which way {@link Host#encrypt} works; the ordinal is the value in the C interface (docs/spec/wsrep-api-v26.md 3.2). */
public enum EncryptDirection {
    ENCRYPT,
    DECRYPT
}
