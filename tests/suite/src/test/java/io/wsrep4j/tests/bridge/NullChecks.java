package io.wsrep4j.tests.bridge;

import io.wsrep4j.api.Provider;
import io.wsrep4j.api.ProviderFactory;
import io.wsrep4j.provider.Wsrep4jProviderFactory;

/**
 * Loaded into a server: runs into null in interpreted and compiled code, on a thread that C attached and on one of
 * Java's own, then makes our provider.
 */
public final class NullChecks implements ProviderFactory {

    static final int ROUNDS = 200_000;

    /** Something to be absent. */
    static final class Box {
        int value = 1;
    }

    static String caughtOnAttachedThread(int count) {
        return "null checks caught on a thread that C attached: " + count;
    }

    static String caughtOnOwnThread(int count) {
        return "null checks caught on a thread of Java's own: " + count;
    }

    @Override
    public Provider create() {
        System.out.println(caughtOnAttachedThread(run()));
        Thread thread = new Thread(() -> System.out.println(caughtOnOwnThread(run())));
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new Wsrep4jProviderFactory().create();
    }

    private static int run() {
        int caught = 0;
        Box box = new Box();
        for (int i = 0; i < 2 * ROUNDS; i++) {
            try {
                caught += read(i % 2 == 0 ? box : null) - 1;
            } catch (NullPointerException expected) {
                caught++;
            }
        }
        return caught;
    }

    private static int read(Box box) {
        return box.value;
    }
}
