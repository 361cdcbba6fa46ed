package io.wsrep4j.tests.benchmarks.gcache;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the cache's benchmarks, with the garbage counted; JMH's own arguments may be given. Writes below the working directory and removes it. */
public final class GcacheBenchmarks {

    private GcacheBenchmarks() {}

    public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
        CommandLineOptions given = new CommandLineOptions(arguments);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given);
        if (given.getIncludes().isEmpty()) {
            options.include("benchmarks\\.gcache\\.");
        }
        options.warmupIterations(given.getWarmupIterations().orElse(3));
        options.warmupTime(given.getWarmupTime().orElse(TimeValue.seconds(2)));
        options.measurementIterations(given.getMeasurementIterations().orElse(5));
        options.measurementTime(given.getMeasurementTime().orElse(TimeValue.seconds(2)));
        options.forks(given.getForkCount().orElse(1));
        options.addProfiler(GCProfiler.class);
        new Runner(options.build()).run();
    }
}
