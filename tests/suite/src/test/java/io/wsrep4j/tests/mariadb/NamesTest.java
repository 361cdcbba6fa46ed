package io.wsrep4j.tests.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an operator and his tools see by name: every status variable and option that libgalera lists, ours lists too, and no other. */
@Timeout(180)
final class NamesTest {

    /** What a server lists while connected and synced. */
    private record Names(Set<String> statuses, Set<String> options) {

        static Names of(Path provider) throws Exception {
            try (MariaDbServer server =
                    MariaDbServer.named("names").provider(provider).create()) {
                server.bootstrap();
                Names names = new Names(
                        server.statuses("wsrep%").keySet(),
                        server.providerOptions().keySet());
                server.stop();
                return names;
            }
        }
    }

    @Test
    void theServerListsTheSameNamesWithEitherProvider() throws Exception {
        Names galera = Names.of(Providers.galera());
        Names ours = Names.of(Providers.wsrep4j());
        assertThat(galera.statuses).hasSizeGreaterThan(50);
        assertThat(galera.options).hasSizeGreaterThan(60);
        assertThat(ours.statuses).isEqualTo(galera.statuses);
        assertThat(ours.options).isEqualTo(galera.options);
    }
}
