package io.wsrep4j.provider.arbitrator;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupAction.Closed;
import io.wsrep4j.gcomm.group.GroupAction.ConfigurationChanged;
import io.wsrep4j.gcomm.group.GroupAction.Inconsistent;
import io.wsrep4j.gcomm.group.GroupAction.StateTransferRequested;
import io.wsrep4j.gcomm.group.GroupAction.Suspended;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.connection.GroupConnection;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.provider.options.BaseOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member that stores nothing (docs/spec/replicator-state-transfer.md 25). {@link #run} does all the work on the thread that calls it; {@link
 * #stop} may be called from any other.
 */
public final class Arbitrator {

    private static final Logger LOG = LoggerFactory.getLogger(Arbitrator.class);
    private static final int NO_SUCH_FUNCTION = -38;
    private static final long RETRY_SECONDS = 1;

    private final ArbitratorSettings settings;
    private final Group group;
    private final CountDownLatch stopped = new CountDownLatch(1);
    /** Of the last configuration; belongs to the thread that runs. */
    private Gtid position = Gtid.UNDEFINED;
    /** The group has refused what was asked for; belongs to the thread that runs. */
    private boolean refused;

    /**
     * Opens no connection.
     *
     * @throws IllegalArgumentException if an option is unknown or refused
     */
    public Arbitrator(ArbitratorSettings settings) {
        this.settings = settings;
        Map<String, String> options = settings.optionMap();
        requireKnown(options);
        GroupOptions groupOptions = GroupOptions.parse(options);
        Protocols protocols = new Protocols(
                NodeIdentity.GROUP_PROTOCOL, NodeIdentity.ARBITRATOR_PROTOCOL, NodeIdentity.ARBITRATOR_PROTOCOL);
        group = new GroupConnection(
                new NodeIdentity(settings.name(), "", protocols, groupOptions.votePolicy(), true), groupOptions, null);
    }

    private static void requireKnown(Map<String, String> options) {
        List<OptionList> lists = new ArrayList<>(List.of(BaseOptions.LIST, GroupOptions.LIST));
        GroupChannelFactory.all().forEach(backend -> lists.addAll(backend.options()));
        OptionCatalog known = new OptionCatalog(lists);
        for (String name : options.keySet()) {
            if (known.find(name) == null) {
                throw new OptionException("unknown option '" + name
                        + "': an arbitrator has only options of the group and of its transport");
            }
        }
    }

    /**
     * Joins, and stays until {@link #stop}, or until the group is lost.
     *
     * @return true after an orderly end, false if the group was lost or has refused the state transfer (there garbd says 0, too)
     * @throws GroupException if the group cannot be joined
     * @throws InterruptedException if the thread was interrupted; the group was left then
     */
    public boolean run() throws GroupException, InterruptedException {
        group.open(
                GroupChannelFactory.open(new ChannelEnvironment(
                        settings.address(), settings.optionMap(), settings.directory(), settings.name(), "", null)),
                settings.group(),
                false);
        try {
            if (stopped.getCount() == 0) {
                group.close();
            }
            while (true) {
                GroupAction action = group.receive();
                if (action instanceof Closed closed) {
                    return closed.reason() == null && !refused;
                }
                handle(action);
            }
        } finally {
            group.close();
        }
    }

    /** Leaves the group; {@link #run} returns. */
    public void stop() {
        stopped.countDown();
        group.close();
    }

    /** Figures and members, for tests and for whoever embeds an arbitrator. */
    public Group group() {
        return group;
    }

    private void handle(GroupAction action) throws InterruptedException {
        if (action instanceof ConfigurationChanged changed) {
            configuration(changed);
        } else if (action instanceof StateTransferRequested request) {
            request.buffer().release();
            group.join(position, NO_SUCH_FUNCTION);
        } else if (action instanceof Inconsistent inconsistent) {
            LOG.error("{}", inconsistent.reason());
        } else if (action instanceof Suspended) {
            throw new IllegalStateException("an action was handed out while a configuration change is handled");
        }
    }

    private void configuration(ConfigurationChanged changed) throws InterruptedException {
        ConfigurationChange change = changed.change();
        changed.buffer().release();
        position = change.position();
        LOG.info(
                "configuration {}: {} members, position {}",
                change.configurationId(),
                change.members().size(),
                change.position());
        boolean needsTransfer =
                change.isPrimary() && change.members().get(changed.ownIndex()).state() == NodeState.PRIM;
        if (needsTransfer) {
            requestTransfer();
        }
        group.resumeReception();
        if (settings.isOneShot() && !change.members().isEmpty() && change.isPrimary()) {
            stop();
        }
    }

    private void requestTransfer() throws InterruptedException {
        StateTransferRequest request =
                new StateTransferRequest(settings.donors(), 0, Gtid.UNDEFINED, ByteBuffer.wrap(requestBytes()));
        while (stopped.getCount() > 0) {
            StateTransferAnswer answer = group.requestStateTransfer(request);
            switch (answer.status()) {
                case GRANTED -> {
                    group.join(position, 0);
                    return;
                }
                case TRY_AGAIN -> {
                    LOG.info("no donor is free; asking again in {} s", RETRY_SECONDS);
                    if (stopped.await(RETRY_SECONDS, TimeUnit.SECONDS)) {
                        return;
                    }
                }
                case NOT_NEEDED, NOT_PRIMARY, CUT_OFF, CLOSED -> {
                    // the configuration that follows says what to do
                    return;
                }
                case DONOR_UNREACHABLE, DONOR_IS_SELF, REFUSED -> {
                    LOG.error("state transfer from '{}' was refused: {}", settings.donors(), answer.status());
                    refused = true;
                    stop();
                    return;
                }
            }
        }
    }

    /** The first colon of the option separates the method from its argument; without one the argument is empty. */
    private byte[] requestBytes() {
        int colon = settings.sst().indexOf(':');
        String text = colon < 0
                ? settings.sst() + "\0\0"
                : settings.sst().substring(0, colon) + "\0" + settings.sst().substring(colon + 1) + "\0";
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
