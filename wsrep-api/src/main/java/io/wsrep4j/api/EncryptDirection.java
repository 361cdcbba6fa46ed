package io.wsrep4j.api;

/** Which way {@link Host#encrypt} works; the ordinal is the value in the C interface (sheet wsrep-api-v26, 3.2). */
public enum EncryptDirection {
    ENCRYPT,
    DECRYPT
}
