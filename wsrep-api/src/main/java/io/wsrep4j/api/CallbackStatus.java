package io.wsrep4j.api;

/** Result of a host callback; anything but success is critical to the provider (docs/spec/wsrep-api-v26.md 3.2). */
public enum CallbackStatus {
    SUCCESS,
    FAILURE
}
