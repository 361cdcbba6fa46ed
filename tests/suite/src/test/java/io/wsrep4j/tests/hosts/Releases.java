package io.wsrep4j.tests.hosts;

import io.wsrep4j.tests.mariadb.Release;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** A test whose servers no registry gives is not run, and says why. Holds no state. */
final class Releases {

    private Releases() {}

    static void demand(Release... releases) {
        for (Release release : releases) {
            demand(release.lacking());
        }
    }

    static void demand(Optional<String> lacking) {
        Assumptions.assumeTrue(lacking.isEmpty(), () -> "not run: " + lacking.orElseThrow());
    }
}
