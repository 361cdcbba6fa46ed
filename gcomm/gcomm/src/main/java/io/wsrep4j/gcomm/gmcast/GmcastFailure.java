package io.wsrep4j.gcomm.gmcast;

/**
 * Why GMCast cannot go on.
 *
 * @param kind what happened
 * @param message for the log: what, which peer, what to do
 */
public record GmcastFailure(Kind kind, String message) {

    /** What happened. */
    public enum Kind {
        /** The group evicted this node's id (docs/spec/gcomm-transport-pc.md 6.4, 10.1). The host gets an "evicted" event. */
        EVICTED(true),
        /** Another process uses this node's id (docs/spec/gcomm-transport-pc.md 6.3, 6.4). */
        DUPLICATE_ID(true),
        /** gmcast.isolate=2 (docs/spec/gcomm-transport-pc.md 10.2). */
        ISOLATED(false);

        private final boolean deletesSavedView;

        Kind(boolean deletesSavedView) {
            this.deletesSavedView = deletesSavedView;
        }

        /** True if the saved view must be deleted, so that a restart makes a new id. */
        public boolean deletesSavedView() {
            return deletesSavedView;
        }
    }
}
