package io.wsrep4j.provider.certification;

import io.wsrep4j.api.KeyType;
import io.wsrep4j.provider.writeset.KeyCursor;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys of open non-blocking operations, in the iteration order of the container that Galera keeps them in, because its test depends on
 * that order (docs/spec/writeset-certification.md 8.9 and 13.1): a multiset hashed into buckets whose number grows through certain primes. Not
 * thread-safe; meant for the few keys that open operations have.
 */
final class NonBlockingKeys {

    private static final int[] BUCKETS = {
        13, 29, 59, 127, 257, 541, 1109, 2357, 5087, 10273, 20753, 42043, 85229, 172933, 351061, 712697, 1447153,
        2938679
    };
    private static final int LEAST_FIRST_NEED = 11;

    private List<Held> order = new ArrayList<>();
    private int buckets = 1;
    private int limit;

    /** A key held by the operation that started at {@code owner}. */
    private record Held(long hash, boolean wide, long wideHash, int type, long owner) {

        boolean sameKey(long otherHash, boolean otherWide, long otherWideHash) {
            return hash == otherHash && (!wide || !otherWide || wideHash == otherWideHash);
        }
    }

    void clear() {
        order = new ArrayList<>();
        buckets = 1;
        limit = 0;
    }

    int size() {
        return order.size();
    }

    void add(KeyCursor key, long owner) {
        int need = order.size() + 1;
        if (need > limit) {
            if (Math.max(need, limit == 0 ? LEAST_FIRST_NEED : 0) >= buckets) {
                buckets = nextBuckets(Math.max(need + 1, 2 * buckets));
                reorder();
            }
            limit = buckets;
        }
        place(order, new Held(key.hash(), key.isWide(), key.wideHash(), key.typeOrdinal(), owner));
    }

    private static int nextBuckets(int atLeast) {
        for (int candidate : BUCKETS) {
            if (candidate >= atLeast) {
                return candidate;
            }
        }
        throw new IllegalStateException("open non-blocking operations hold more than " + BUCKETS[BUCKETS.length - 1]
                + " keys; the order beyond is not known");
    }

    /** Before its equals, else before its bucket, else in front. */
    private void place(List<Held> into, Held key) {
        for (int i = 0; i < into.size(); i++) {
            if (into.get(i).sameKey(key.hash(), key.wide(), key.wideHash())) {
                into.add(i, key);
                return;
            }
        }
        placeByBucket(into, key);
    }

    private int placeByBucket(List<Held> into, Held key) {
        for (int i = 0; i < into.size(); i++) {
            if (bucket(into.get(i)) == bucket(key)) {
                into.add(i, key);
                return i;
            }
        }
        into.add(0, key);
        return 0;
    }

    private void reorder() {
        List<Held> reordered = new ArrayList<>(order.size());
        Held previous = null;
        int previousAt = 0;
        for (Held key : order) {
            if (previous != null && bucket(previous) == bucket(key)) {
                previousAt++;
                reordered.add(previousAt, key);
            } else {
                previousAt = placeByBucket(reordered, key);
            }
            previous = key;
        }
        order = reordered;
    }

    private long bucket(Held key) {
        return key.hash() % buckets;
    }

    void remove(long owner) {
        order.removeIf(key -> key.owner() == owner);
    }

    boolean conflicts(KeyCursor key) {
        int last = -1;
        for (int i = 0; i < order.size(); i++) {
            Held held = order.get(i);
            if (held.sameKey(key.hash(), key.isWide(), key.wideHash())) {
                if (held.type() >= KeyType.UPDATE.ordinal()) {
                    return true;
                }
                last = i;
            }
        }
        return last >= 0 && last != order.size() - 1;
    }
}
