package io.wsrep4j.tests.benchmarks.certification;

import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs one class of benchmarks with allocation measured; JMH's own command-line options are accepted. */
final class JmhRun {

    private JmhRun() {}

    static Collection<RunResult> of(Class<?> benchmarks, String... arguments)
            throws RunnerException, CommandLineOptionException {
        Options options = new OptionsBuilder()
                .parent(new CommandLineOptions(arguments))
                .include(benchmarks.getName() + "\\.")
                .addProfiler(GCProfiler.class)
                .build();
        return new Runner(options).run();
    }

    /** Operations a second. */
    static double score(RunResult result) {
        return result.getPrimaryResult().getScore();
    }

    static String parameter(RunResult result, String name) {
        return result.getParams().getParam(name);
    }

    /** Bytes allocated an operation. */
    static double garbage(RunResult result) {
        return secondary(result, "gc.alloc.rate.norm");
    }

    /** A secondary figure; NaN if it was not measured. */
    static double secondary(RunResult result, String name) {
        Result<?> figure = result.getSecondaryResults().get(name);
        return figure == null ? Double.NaN : figure.getScore();
    }

    static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
