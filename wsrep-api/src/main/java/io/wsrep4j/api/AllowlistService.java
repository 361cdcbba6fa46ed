package io.wsrep4j.api;

/** The host's say over who may connect (docs/spec/wsrep-api-v26.md 1.3). Called on provider network threads; may take a while. */
public interface AllowlistService {

    /** What is asked about; the ordinal is the value in the C interface. */
    enum Kind {
        /** A textual IP address. */
        IP,
        /** The subject of a TLS certificate. */
        SSL
    }

    /** True to let the connection in. */
    boolean allows(Kind kind, String value);
}
