package io.wsrep4j.gcomm.gmcast;

/** gmcast.isolate, for tests: cuts this node off from all, or ends its group communication (docs/spec/gcomm-transport-pc.md 10.2). */
final class Isolation {

    private static final int OFF = 0;
    private static final int NO_CONNECTION = 1;
    private static final int FATAL = 2;

    private int mode = OFF;

    void set(int wanted) {
        if (wanted < OFF || wanted > FATAL) {
            throw new IllegalArgumentException("isolation mode " + wanted + " is refused; allowed is 0, 1 or 2");
        }
        mode = wanted;
    }

    /** No connection is made or accepted. */
    boolean isCutOff() {
        return mode == NO_CONNECTION;
    }

    /** The next connection that would be made or accepted ends this node. */
    boolean isFatal() {
        return mode == FATAL;
    }

    static GmcastFailure failure() {
        return new GmcastFailure(
                GmcastFailure.Kind.ISOLATED, "group communication is ended because gmcast.isolate is 2");
    }
}
