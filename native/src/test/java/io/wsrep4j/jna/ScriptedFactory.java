package io.wsrep4j.jna;

import io.wsrep4j.api.Provider;
import io.wsrep4j.api.ProviderFactory;
import java.util.concurrent.atomic.AtomicReference;

/** Lets a test reach the provider that the bridge has made. */
public final class ScriptedFactory implements ProviderFactory {

    static final AtomicReference<SoloProvider> LAST = new AtomicReference<>();

    @Override
    public Provider create() {
        SoloProvider provider = new SoloProvider();
        LAST.set(provider);
        return provider;
    }
}
