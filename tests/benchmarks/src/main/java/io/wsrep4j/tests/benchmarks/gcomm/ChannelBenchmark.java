package io.wsrep4j.tests.benchmarks.gcomm;

import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.tests.process.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Two measurements, because libgalera lets nobody at its group communication alone.
 *
 * <p>First ours alone, the bare {@code gcomm://} channel: members of one group on loopback, all in this process. Ordered deliveries a second at
 * each member with every member sending as fast as it is let; the bytes allocated for each delivered message, also where only one member sends;
 * and the time from sending to safe delivery at the sender, one message at a time.
 *
 * <p>Then ours beside libgalera, both warm, in turns, each loaded by the same C host, by the shortest path that both have: replication of write sets. A
 * write set is one key that conflicts with nothing and data of the given length; a client appends both, certifies (which sends, waits for safe
 * delivery at itself and certifies), passes the commit order and releases; an applier at every other member passes the commit order. So each
 * figure holds the group communication and what little certification, ordering and caching this takes; nothing is executed or stored.
 *
 * <p>Arguments: seconds for each measurement (2); {@code rounds=N} of the comparison (3; 0 leaves it out); {@code key=value} options of the bare
 * channels.
 */
public final class ChannelBenchmark {

    private static final int[] MEMBERS = {1, 2, 3};
    private static final int[] COMPARED_MEMBERS = {2, 3};
    private static final int[] LENGTHS = {200, 2048, 30 * 1024};
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";
    private static final Duration JOIN = Duration.ofSeconds(60);

    private final Duration duration;
    private final int rounds;
    private final Map<String, String> options;
    private final Path directory;

    private ChannelBenchmark(Duration duration, int rounds, Map<String, String> options, Path directory) {
        this.duration = duration;
        this.rounds = rounds;
        this.options = options;
        this.directory = directory;
    }

    /** Runs both and prints tables. */
    public static void main(String[] arguments) throws Exception {
        Duration duration = Duration.ofSeconds(2);
        int rounds = 3;
        Map<String, String> options = new TreeMap<>();
        for (String argument : arguments) {
            if (argument.startsWith("rounds=")) {
                rounds = Integer.parseInt(argument.substring("rounds=".length()));
            } else if (argument.contains("=")) {
                options.put(
                        argument.substring(0, argument.indexOf('=')), argument.substring(argument.indexOf('=') + 1));
            } else {
                duration = Duration.ofSeconds(Integer.parseInt(argument));
            }
        }
        if (System.getProperty(LEAK_DETECTION) == null) {
            System.setProperty(LEAK_DETECTION, "disabled"); // as libwsrep4j.so does
        }
        Path directory = Files.createTempDirectory("gcomm-benchmark");
        try {
            new ChannelBenchmark(duration, rounds, options, directory).run();
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void run() throws Exception {
        System.out.printf(
                "options %s, %s a measurement, %d processors, Java %s%n",
                options, duration, Runtime.getRuntime().availableProcessors(), Runtime.version());
        System.out.println(
                "members  bytes  deliveries/s  MB/s  allocated/delivery  one sender  latency p50 us  p99 us");
        for (int members : MEMBERS) {
            for (int length : LENGTHS) {
                measure(members, length);
            }
        }
        if (rounds > 0) {
            compare();
        }
    }

    private void compare() throws Exception {
        Replication replication = new Replication(directory, duration);
        System.out.println();
        for (int members : COMPARED_MEMBERS) {
            for (int length : LENGTHS) {
                replication.compare(members, length, rounds);
            }
        }
    }

    private void measure(int count, int length) throws Exception {
        List<TimedMember> group = form(count, length);
        try {
            Load all = new Load(group, group, length);
            all.run(duration.dividedBy(2));
            Load.Throughput throughput = all.run(duration);
            Load.Throughput alone = new Load(group, group.subList(0, 1), length).run(duration.dividedBy(2));
            long[] latencies = group.get(0).oneByOne(length, duration);
            System.out.printf(
                    "%7d  %5d  %12.0f  %4.0f  %18.0f  %10.0f  %14.0f  %6.0f%n",
                    count,
                    length,
                    throughput.deliveriesPerSecond(),
                    throughput.deliveriesPerSecond() * length / 1e6,
                    throughput.bytesPerDelivery(),
                    alone.bytesPerDelivery(),
                    percentile(latencies, 50) / 1e3,
                    percentile(latencies, 99) / 1e3);
        } finally {
            group.forEach(TimedMember::close);
        }
    }

    private List<TimedMember> form(int count, int length) {
        List<TimedMember> group = new ArrayList<>();
        String address = "gcomm://";
        for (int i = 0; i < count; i++) {
            int port = FreePorts.one();
            Map<String, String> own = new TreeMap<>(options);
            own.put("gmcast.listen_addr", "tcp://127.0.0.1:" + port);
            try {
                Path home = Files.createDirectories(directory.resolve(count + "-" + length + "-" + i));
                group.add(new TimedMember("m" + i, address, home, own, i == 0));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GroupException e) {
                throw new IllegalStateException(e);
            }
            address = i == 0 ? "gcomm://127.0.0.1:" + port : address;
        }
        group.forEach(member -> member.awaitMembers(count, JOIN));
        return group;
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted.length == 0 ? Double.NaN : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }
}
