package io.wsrep4j.jna;

import io.wsrep4j.api.Provider;
import io.wsrep4j.api.ProviderFactory;

/** Finds {@link SoloProvider} for the bridge under test. */
public final class SoloProviderFactory implements ProviderFactory {

    @Override
    public Provider create() {
        return new SoloProvider();
    }
}
