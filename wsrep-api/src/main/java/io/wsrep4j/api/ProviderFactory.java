package io.wsrep4j.api;

/**
 * Makes providers; found with {@link java.util.ServiceLoader}, so that a host or the native bridge need not name the class it loads.
 * Stateless, and any thread may call it.
 */
@FunctionalInterface
public interface ProviderFactory {

    /** A new provider, on which {@link Provider#init} has not been called yet. */
    Provider create();
}
