package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LineKind;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Nodes that are shut out (docs/spec/gcomm-evs.md 15.3). The transport is told of every change, so that it refuses their handshakes. */
final class Evictions {

    private static final LineKind EVICTED = LineKind.ofNode("evictions");

    private final Environment env;
    private final TreeMap<Uuid, Long> since = new TreeMap<>();

    Evictions(Environment env) {
        this.env = env;
    }

    boolean contains(Uuid uuid) {
        return !since.isEmpty() && since.containsKey(uuid);
    }

    List<Uuid> all() {
        return since.isEmpty() ? List.of() : List.copyOf(since.keySet());
    }

    void evict(Uuid uuid) {
        if (since.put(uuid, env.now()) == null) {
            env.log.warn(
                    EVICTED,
                    uuid,
                    "evicting node {} at {}: its messages are dropped and its connections refused",
                    uuid,
                    env.transport.address(uuid));
            env.transport.evict(uuid);
        }
    }

    void clear() {
        new ArrayList<>(since.keySet()).forEach(this::forgive);
    }

    /** Forgives what was long ago. */
    void expire() {
        if (since.isEmpty()) {
            return;
        }
        long oldest = env.now() - env.settings().viewForgetTimeout();
        for (Uuid uuid : all()) {
            if (since.get(uuid) < oldest) {
                forgive(uuid);
            }
        }
    }

    private void forgive(Uuid uuid) {
        since.remove(uuid);
        env.log.info(EVICTED, uuid, "node {} is no longer evicted", uuid);
        env.transport.unevict(uuid);
    }
}
