package io.wsrep4j.provider;

import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.api.EventService;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.IsolationMode;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.gcache.CacheException;
import io.wsrep4j.gcache.CacheOptions;
import io.wsrep4j.gcache.CacheSettings;
import io.wsrep4j.gcache.HostCipher;
import io.wsrep4j.gcache.WriteSetCache;
import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.connection.GroupConnection;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.options.OptionException;
import io.wsrep4j.options.OptionValues;
import io.wsrep4j.provider.cache.ActionCache;
import io.wsrep4j.provider.certification.Certification;
import io.wsrep4j.provider.certification.CertificationOptions;
import io.wsrep4j.provider.log.NodeLog;
import io.wsrep4j.provider.node.FailStop;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.node.TransactionFigures;
import io.wsrep4j.provider.node.TransactionSettings;
import io.wsrep4j.provider.options.ProviderOptions;
import io.wsrep4j.provider.order.Orders;
import io.wsrep4j.provider.state.NodeSituation;
import io.wsrep4j.provider.state.SavedState;
import io.wsrep4j.provider.state.SavedStateRecord;
import io.wsrep4j.provider.status.StatusReport;
import io.wsrep4j.provider.status.StatusSources;
import io.wsrep4j.provider.transaction.Transactions;
import io.wsrep4j.provider.transfer.StateTransfers;
import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** One initialised provider: its parts, put together once, and what joins them. Thread-safe. */
final class ProviderNode {

    private static final String LEAVE_TIMEOUT = "repl.leave_timeout";

    private final InitArguments arguments;
    private final AllowlistService allowlist;
    private final EventService events;
    private final ProviderOptions options;
    private final OptionChanges optionChanges;
    private final NodeParts parts;
    private final Transactions transactions;
    private final Replicator replicator;
    private final StateTransfers transfers;
    private final StatusReport status;
    private final DiscardableReporter reporter;
    private final FailStop failStop;
    private final HostViews views;
    private volatile GroupChannel channel;

    private ProviderNode(
            InitArguments arguments,
            Host host,
            AllowlistService allowlist,
            EventService events,
            ProviderOptions options,
            GroupOptions groupOptions,
            SavedState savedState,
            ActionCache cache,
            NodeLog log) {
        this.arguments = arguments;
        this.allowlist = allowlist;
        this.events = events;
        this.options = options;
        CertificationOptions certificationOptions = CertificationOptions.of(options.values());
        Group group = new GroupConnection(identity(arguments, options.values(), log), groupOptions, cache);
        NodeSituation situation = new NodeSituation(this::leaveInconsistent);
        Certification certification = new Certification(certificationOptions, group::hold, System::nanoTime);
        Orders orders = new Orders(Orders.CommitRule.values()[(int) options.integer("repl.commit_order")]);
        failStop = new FailStop(situation, orders, savedState, group, log, arguments.nodeName());
        reporter =
                new DiscardableReporter(group, situation, orders::applied, certification::tick, arguments.nodeName());
        reporter.atFailure(
                thrown -> failStop.failed("telling the group how far this node is", Seqno.UNDEFINED, thrown));
        parts = new NodeParts(
                group,
                cache,
                orders,
                certification,
                situation,
                savedState,
                new TransactionSettings(
                        Math.toIntExact(options.integer("repl.max_ws_size")),
                        options.nanos("repl.causal_read_timeout"),
                        KeyFormat.parse(options.text("repl.key_format"))),
                new TransactionFigures(),
                reporter,
                failStop,
                log);
        optionChanges = new OptionChanges(parts, certificationOptions);
        transactions = new Transactions(parts, host);
        views = new HostViews(host, parts, arguments.nodeName());
        ConfigurationHandling configurations = new ConfigurationHandling(parts, transactions, views);
        transfers = new StateTransfers(
                parts,
                transactions,
                views,
                options,
                arguments.nodeName(),
                arguments.nodeAddress(),
                configurations::agreeFromHistory,
                events);
        configurations.transfers(transfers);
        ActionHandling actions = new ActionHandling(parts, transactions, configurations, transfers, views);
        failStop.atFailure(transfers::cancel);
        replicator = new Replicator(
                parts,
                views,
                configurations,
                actions,
                transfers,
                transactions,
                reporter,
                () -> options.nanos(LEAVE_TIMEOUT));
        status = new StatusReport(new StatusSources(
                parts,
                transactions,
                actions::received,
                actions::receivedBytes,
                cache::lowestSeqno,
                configurations::incomingAddresses,
                transfers::state));
    }

    private static NodeIdentity identity(InitArguments arguments, OptionValues options, NodeLog log) {
        return new NodeIdentity(
                arguments.nodeName(),
                arguments.incomingAddress(),
                new Protocols(NodeIdentity.GROUP_PROTOCOL, protocol(options, log), arguments.protocolVersion()),
                options.smallInteger("gcs.vote_policy"),
                options.flag("gcs.stateless"));
    }

    private static int protocol(OptionValues options, NodeLog log) {
        long asked = options.integer("repl.proto_max");
        if (asked > WriteSetFormat.MAX_PROTOCOL) {
            log.warn("option 'repl.proto_max' = '" + asked + "' is more than this release knows; using "
                    + WriteSetFormat.MAX_PROTOCOL);
        }
        return (int) Math.min(asked, WriteSetFormat.MAX_PROTOCOL);
    }

    /**
     * Checks the options, opens the saved state, and puts everything together. Opens no connection.
     *
     * @throws OptionException if an option is refused
     * @throws IOException if a file cannot be used
     */
    static ProviderNode start(
            InitArguments arguments, Host host, AllowlistService allowlist, EventService events, NodeLog log)
            throws OptionException, IOException {
        ProviderOptions options = ProviderOptions.atInit(arguments, log::info, log::warn);
        log.debug(options.flag("debug"));
        GroupOptions groupOptions = groupOptions(options);
        SavedState savedState = SavedState.open(Path.of(options.text("base_dir")), log::warn);
        try {
            SavedStateRecord found = savedState.contents();
            log.info("Found saved state: " + found.position() + ", safe_to_bootstrap: "
                    + (found.safeToBootstrap() ? 1 : 0));
            ActionCache cache = openCache(options, host, log);
            try {
                ProviderNode node = new ProviderNode(
                        arguments, host, allowlist, events, options, groupOptions, savedState, cache, log);
                node.replicator.startFrom(startPosition(found.position(), arguments.stateId()));
                return node;
            } catch (RuntimeException | Error e) {
                // or the next try would find it in use
                cache.close();
                throw e;
            }
        } catch (RuntimeException | IOException | Error e) {
            savedState.close();
            throw e;
        }
    }

    private static GroupOptions groupOptions(ProviderOptions options) throws IOException {
        try {
            return GroupOptions.parse(options.snapshot());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static ActionCache openCache(ProviderOptions options, Host host, NodeLog log) throws IOException {
        HostCipher cipher = host.canEncrypt() ? host::encrypt : HostCipher.NONE;
        try {
            CacheSettings settings = CacheOptions.settings(options.values());
            WriteSetCache cache = WriteSetCache.open(settings, cipher);
            log.info("write-set cache: " + cache.recovery());
            String forgetful = forgetful(settings);
            if (!forgetful.isEmpty()) {
                log.info("what the host has not flushed when it crashes this node will not be able to bring back: "
                        + forgetful);
            }
            return new ActionCache(cache);
        } catch (CacheException | IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Which option keeps the ring from having all that a crash takes from the host (docs/spec/replicator-state-transfer.md 31.25); empty if none. */
    private static String forgetful(CacheSettings settings) {
        if (settings.ringSize() == 0) {
            return "gcache.size=0, so there is no ring";
        }
        if (settings.memorySize() > 0) {
            return "gcache.mem_size=" + settings.memorySize() + ", so write sets go to memory before the ring";
        }
        return settings.recover() ? "" : "gcache.recover=no, so the ring is not read at the start";
    }

    /** The file wins, unless it is of the same history and does not know the seqno (docs/spec/replicator-state-transfer.md 4.1 step 4). */
    private static Gtid startPosition(Gtid saved, Gtid given) {
        boolean recovered =
                !given.uuid().isUndefined() && given.uuid().equals(saved.uuid()) && saved.seqno() == Seqno.UNDEFINED;
        return recovered ? given : saved;
    }

    NodeLog log() {
        return parts.log();
    }

    NodeParts parts() {
        return parts;
    }

    ProviderOptions options() {
        return options;
    }

    Transactions transactions() {
        return transactions;
    }

    Replicator replicator() {
        return replicator;
    }

    StateTransfers transfers() {
        return transfers;
    }

    StatusReport status() {
        return status;
    }

    Gtid lastCommitted() {
        return parts.orders().appliedGtid();
    }

    private void leaveInconsistent(String finding) {
        failStop.inconsistent(finding);
    }

    Status connect(String clusterName, String clusterAddress, String donors, boolean bootstrap) {
        if (clusterAddress == null) {
            log().error("cannot connect: the cluster address is NULL; expected scheme://...");
            return Status.NODE_FAIL;
        }
        if (replicator.isOpen()) {
            log().error("connect was called while connected; disconnect first");
            return Status.NODE_FAIL;
        }
        try {
            GroupChannelFactory backend = GroupChannelFactory.of(clusterAddress);
            boolean formsGroup = bootstrap || backend.formsGroup(clusterAddress);
            if (formsGroup && !mayFormGroup()) {
                return Status.NODE_FAIL;
            }
            options.connecting(backend, clusterAddress);
            GroupChannel opened = backend.create(environment(clusterAddress));
            channel = opened;
            views.begin();
            replicator.connect(opened, clusterName, donors, formsGroup);
            return Status.OK;
        } catch (OptionException | GroupException e) {
            // the words that operators, and MariaDB's tests, look for
            log().error("Failed to open channel '" + clusterName + "' at '" + clusterAddress + "': " + e.getMessage());
        }
        options.disconnected();
        return Status.NODE_FAIL;
    }

    private boolean mayFormGroup() {
        boolean may = parts.savedState().contents().safeToBootstrap();
        if (!may) {
            log().error("It may not be safe to bootstrap the cluster from this node: it was not the last one to leave"
                    + " the cluster and may lack updates. To force it, edit " + SavedState.FILE_NAME + " in "
                    + options.text("base_dir") + " and set safe_to_bootstrap to 1");
        }
        return may;
    }

    private ChannelEnvironment environment(String clusterAddress) {
        return new ChannelEnvironment(
                clusterAddress,
                options.snapshot(),
                Path.of(options.text("base_dir")),
                arguments.nodeName(),
                arguments.nodeAddress(),
                allowlist,
                events);
    }

    Status disconnect() {
        Status result = replicator.disconnect();
        options.disconnected();
        return result;
    }

    Status setOptions(String text) {
        try {
            options.change(text, optionChanges);
            return Status.OK;
        } catch (OptionException e) {
            e.problems().forEach(log()::warn);
            return Status.NODE_FAIL;
        }
    }

    Status setEncryptionKey(ByteBuffer key) {
        try {
            parts.cache().dynamic().encryptionKey(key);
            return Status.OK;
        } catch (CacheException e) {
            log().error("the encryption key was refused: " + e.getMessage());
            return Status.NODE_FAIL;
        }
    }

    void isolate(IsolationMode mode) {
        GroupChannel current = channel;
        if (current != null) {
            current.isolate(mode != IsolationMode.NOT_ISOLATED);
        }
        if (mode == IsolationMode.FORCE_DISCONNECT) {
            Thread leaver = new Thread(parts.group()::close, "wsrep4j-leave-" + arguments.nodeName());
            leaver.setDaemon(true);
            leaver.start();
        }
    }

    /** Leaves the group if need be, waits for the receiving threads, closes the files. */
    void free() {
        disconnect();
        transfers.cancel();
        boolean alone = replicator.awaitReceivers();
        failStop.close();
        views.close(options.nanos(LEAVE_TIMEOUT));
        reporter.close();
        if (alone) {
            transfers.close();
            parts.certification().close();
            parts.cache().close();
        } else {
            // a thread that is still with the host reads there
            log().error("the host has not come back with all threads: the memory of the write-set cache is kept");
        }
        try {
            parts.savedState().close();
        } catch (IOException e) {
            log().failed("cannot close the saved state", e);
        }
    }
}
