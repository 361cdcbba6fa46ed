package io.wsrep4j.gcomm.transport;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Who has to go when too many accepted connections are unfinished (docs/spec/gcomm-transport-pc.md 20.2): strangers can open any number, and a peer
 * must get through all the same. The oldest goes, since a peer is quick; of the older half first those that said nothing or little; those of unknown
 * hosts before those of hosts where members live; and no unknown host may have more than its part. Pure.
 */
public final class UnfinishedLimit {

    /** Unfinished connections of all hosts. */
    public static final int MAX_CONNECTIONS = 256;

    /** Unfinished connections of a host where no member of this node's group lives. */
    public static final int MAX_OF_UNKNOWN_HOST = 64;

    /** What a sound peer has said when it has said the first thing. */
    private static final int MANY_BYTES = 128;

    private UnfinishedLimit() {}

    /**
     * Chooses.
     *
     * @param unfinished in the order in which they came; the last one has just come
     * @param host where one comes from
     * @param known true for hosts where members or configured peers live
     * @param heard how many bytes came from one; more than {@value #MANY_BYTES} are as good as any number
     * @return null if there is room for all
     */
    public static <T> T victim(
            Collection<T> unfinished, Function<T, String> host, Predicate<String> known, ToLongFunction<T> heard) {
        if (unfinished.size() <= MAX_OF_UNKNOWN_HOST) {
            return null;
        }
        Map<String, Boolean> answers = new HashMap<>();
        Predicate<T> unknown = one -> !answers.computeIfAbsent(host.apply(one), known::test);
        T newest = null;
        for (T one : unfinished) {
            newest = one;
        }
        String newestHost = host.apply(newest);
        long ofHost = unfinished.stream()
                .filter(one -> host.apply(one).equals(newestHost))
                .count();
        if (ofHost > MAX_OF_UNKNOWN_HOST && unknown.test(newest)) {
            return oldest(unfinished, one -> host.apply(one).equals(newestHost), heard);
        }
        if (unfinished.size() <= MAX_CONNECTIONS) {
            return null;
        }
        T stranger = oldest(unfinished, unknown, heard);
        return stranger != null ? stranger : oldest(unfinished, one -> true, heard);
    }

    private static <T> T oldest(Collection<T> unfinished, Predicate<T> among, ToLongFunction<T> heard) {
        List<T> candidates = unfinished.stream().filter(among).toList();
        // the younger half had no time to say much
        return candidates.subList(0, (candidates.size() + 1) / 2).stream()
                .min(Comparator.comparingLong(one -> Math.min(MANY_BYTES, heard.applyAsLong(one))))
                .orElse(null);
    }
}
