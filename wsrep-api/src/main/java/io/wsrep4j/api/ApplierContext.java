package io.wsrep4j.api;

/**
 * The host's context of one receiving thread, opaque to the provider: given to {@link Provider#receive} or {@link Provider#replay}, and
 * handed back in every callback made from that thread (docs/spec/wsrep-api-v26.md 4.5).
 */
public interface ApplierContext {}
