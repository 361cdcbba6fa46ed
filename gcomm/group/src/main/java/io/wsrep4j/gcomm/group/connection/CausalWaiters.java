package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.gcomm.group.CausalAnswer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Threads that wait for a causal token to come back (docs/spec/gcs.md 16). Owned by the connection's lock. */
final class CausalWaiters {

    private final Map<Long, CompletableFuture<CausalAnswer>> waiters = new HashMap<>();
    private long nextToken;

    /** A new token; {@link #future} is completed when it comes back. */
    long begin() {
        long token = nextToken++;
        waiters.put(token, new CompletableFuture<>());
        return token;
    }

    CompletableFuture<CausalAnswer> future(long token) {
        return waiters.get(token);
    }

    /** The token has come back. */
    void delivered(long token, CausalAnswer answer) {
        CompletableFuture<CausalAnswer> waiter = waiters.remove(token);
        if (waiter != null) {
            waiter.complete(answer);
        }
    }

    /** Nobody waits for it any more. */
    void forget(long token) {
        waiters.remove(token);
    }

    /** No token comes back any more. */
    void close() {
        waiters.values().forEach(w -> w.complete(CausalAnswer.failed(CausalAnswer.Status.CLOSED)));
        waiters.clear();
    }
}
