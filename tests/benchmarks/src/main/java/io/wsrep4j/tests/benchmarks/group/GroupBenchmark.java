package io.wsrep4j.tests.benchmarks.group;

import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.connection.GroupConnection;
import io.wsrep4j.gcomm.group.message.Protocols;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Write sets of 1 KiB through the group layer on the in-memory channel: sent, ordered, and handed back to their sender. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class GroupBenchmark {

    private static final int WRITE_SET_BYTES = 1024;

    private Group group;
    private ByteBuffer writeSet;
    private Thread receiver;

    /** Runs both sizes; JMH's own arguments may be given. */
    public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
        CommandLineOptions given = new CommandLineOptions(arguments);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given);
        if (given.getIncludes().isEmpty()) {
            options.include("benchmarks\\.group\\.");
        }
        options.warmupIterations(given.getWarmupIterations().orElse(3));
        options.warmupTime(given.getWarmupTime().orElse(TimeValue.seconds(2)));
        options.measurementIterations(given.getMeasurementIterations().orElse(5));
        options.measurementTime(given.getMeasurementTime().orElse(TimeValue.seconds(2)));
        options.forks(given.getForkCount().orElse(1));
        new Runner(options.build()).run();
    }

    @Setup
    public void open() throws GroupException, InterruptedException {
        group = new GroupConnection(
                new NodeIdentity("bench", "", new Protocols(NodeIdentity.GROUP_PROTOCOL, 11, 4), 0, false),
                GroupOptions.parse(Map.of()),
                ActionMemory.heap());
        group.open(
                GroupChannelFactory.open(new ChannelEnvironment("local://", Map.of(), Path.of("."), "bench", "", null)),
                "bench",
                true);
        writeSet = ByteBuffer.allocateDirect(WRITE_SET_BYTES);
        GroupAction first = group.receive();
        if (!(first instanceof GroupAction.ConfigurationChanged)) {
            throw new IllegalStateException("first came " + first);
        }
        group.resumeReception();
        receiver = new Thread(this::receive, "receiver");
        receiver.start();
    }

    private void receive() {
        try {
            GroupAction action;
            do {
                action = group.receive();
                if (action instanceof GroupAction.ConfigurationChanged) {
                    group.resumeReception();
                }
            } while (!(action instanceof GroupAction.Closed));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @TearDown
    public void close() throws InterruptedException {
        group.close();
        receiver.join();
    }

    private long replicate() {
        ReplicationResult result = group.replicate(group.schedule(), writeSet);
        if (result.status() != ReplicationResult.Status.ORDERED) {
            throw new IllegalStateException("not ordered: " + result);
        }
        return result.seqno();
    }

    @Benchmark
    @Threads(1)
    public long oneSender() {
        return replicate();
    }

    @Benchmark
    @Threads(8)
    public long eightSenders() {
        return replicate();
    }
}
