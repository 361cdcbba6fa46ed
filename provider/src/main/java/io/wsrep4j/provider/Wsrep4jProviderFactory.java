package io.wsrep4j.provider;

import io.wsrep4j.api.Provider;
import io.wsrep4j.api.ProviderFactory;

/** Makes {@link Wsrep4jProvider}s. */
public final class Wsrep4jProviderFactory implements ProviderFactory {

    @Override
    public Provider create() {
        return new Wsrep4jProvider();
    }
}
