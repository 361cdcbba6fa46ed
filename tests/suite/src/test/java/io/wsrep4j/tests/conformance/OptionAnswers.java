package io.wsrep4j.tests.conformance;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.tests.process.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * What one kind of provider answers to a value of an option: {@code refused}, or {@code accepted} and the text that is shown then. Not
 * thread-safe.
 */
final class OptionAnswers implements AutoCloseable {

    private static final String REFUSED = "refused";
    private static final String ACCEPTED = "accepted ";
    private static final String BACKEND = "(socket|gmcast|evs|pc|protonet|gcomm)\\..*";

    private final ProviderKind kind;
    private final Path directory;
    private final int port = FreePorts.consecutive(2);
    private ConformanceNode running;
    private int starts;

    OptionAnswers(ProviderKind kind, Path directory) {
        this.kind = kind;
        this.directory = directory;
    }

    /** The option is given at start, and the node connects if that is when somebody reads it. */
    String atStart(String option, String value) throws IOException {
        Path own = Files.createDirectory(directory.resolve("start-" + starts++));
        ScriptedHost host = new ScriptedHost();
        Provider provider = kind.create();
        String options = "base_port=" + port + ";gmcast.listen_addr=tcp://127.0.0.1:" + port
                + ";gcache.size=64K;gcache.page_size=64K;" + option + "=" + value;
        InitArguments arguments =
                new InitArguments("n", "127.0.0.1", "127.0.0.1:3306", own, options, 4, Gtid.UNDEFINED);
        if (provider.init(arguments, host) != Status.OK) {
            return REFUSED;
        }
        try {
            return option.matches(BACKEND) ? connected(provider, option) : shown(provider, option, own);
        } finally {
            provider.free();
        }
    }

    private String connected(Provider provider, String option) {
        if (provider.connect("conformance", "gcomm://", "", true) != Status.OK) {
            return REFUSED;
        }
        String answer = shown(provider, option, null);
        CompletableFuture<Status> receiver =
                ConformanceNode.run(() -> provider.receive(new ConformanceNode.Context("first")));
        provider.disconnect();
        ConformanceNode.get(receiver);
        return answer;
    }

    /** The option is changed on a node that is synced, and then put back. */
    String atRunTime(String option, String value) throws IOException {
        if (running == null) {
            running = ConformanceNode.synced(kind, Files.createDirectory(directory.resolve("running")));
        }
        Provider provider = running.provider;
        String before = text(provider, option);
        if (provider.setOptions(option + "=" + value) != Status.OK) {
            return REFUSED;
        }
        String answer = shown(provider, option, null);
        if (before != null) {
            provider.setOptions(option + "=" + before);
        }
        return answer;
    }

    private String shown(Provider provider, String option, Path own) {
        String text = String.valueOf(text(provider, option)).replace(Integer.toString(port), "PORT");
        return ACCEPTED + (own == null ? text : text.replace(own.toString(), "DIRECTORY"));
    }

    private static String text(Provider provider, String option) {
        for (String pair : provider.options().split("; ")) {
            if (pair.startsWith(option + " = ")) {
                return pair.substring(option.length() + 3);
            }
        }
        return null;
    }

    @Override
    public void close() {
        if (running != null) {
            running.close();
        }
    }
}
