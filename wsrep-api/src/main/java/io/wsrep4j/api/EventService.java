package io.wsrep4j.api;

/** Takes progress reports of the provider as JSON (docs/spec/wsrep-api-v26.md 1.3). Any provider thread; must not block. */
@FunctionalInterface
public interface EventService {

    /** An event of this name. */
    void event(String name, String json);
}
