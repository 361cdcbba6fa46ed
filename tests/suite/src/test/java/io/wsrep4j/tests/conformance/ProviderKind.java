package io.wsrep4j.tests.conformance;

import io.wsrep4j.api.Provider;
import io.wsrep4j.api.ProviderFactory;
import io.wsrep4j.jna.NativeProvider;
import io.wsrep4j.tests.mariadb.Providers;
import java.util.ServiceLoader;

/**
 * Whose behaviour a test looks at.
 *
 * <p>Lines of the checklist that are not here: 1 to 5, 10, 11, 84 to 87 need a shim host in C or a real server (module native's tests and {@code
 * io.wsrep4j.tests.mariadb}); 6, 26 to 29, 35 to 43, 45, 54, 62, 64, 66, 68, 69, 72, 74, 75 (remote parts), 77, 78 (disagreement) need two nodes or more
 * and come with the replicator; 88 is a soak.
 */
enum ProviderKind {
    /** Ours, in this process. */
    WSREP4J {
        @Override
        Provider create() {
            return ServiceLoader.load(ProviderFactory.class)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no ProviderFactory is registered"))
                    .create();
        }
    },
    /** Galera's, through JNA. */
    GALERA {
        @Override
        Provider create() {
            return new NativeProvider(Providers.galera());
        }
    };

    abstract Provider create();
}
