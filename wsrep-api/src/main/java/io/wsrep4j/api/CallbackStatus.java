package io.wsrep4j.api;

/** Result of a host callback; anything but success is critical to the provider (sheet wsrep-api-v26, 3.2). */
public enum CallbackStatus {
    SUCCESS,
    FAILURE
}
