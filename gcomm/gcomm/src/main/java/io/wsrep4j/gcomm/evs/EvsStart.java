package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.Objects;

/**
 * Who a node is when it starts (docs/spec/gcomm-evs.md 13.1 and 14).
 *
 * @param self its id, unique over time; after recovery the saved id with the incarnation raised by one
 * @param restoredView id of the saved view, or null: view numbers go on above it, and messages from it are ignored
 */
public record EvsStart(Uuid self, ViewId restoredView) {

    public EvsStart {
        Objects.requireNonNull(self, "self");
        if (self.isUndefined()) {
            throw new IllegalArgumentException("a node id must not be all zero");
        }
    }

    /** A node without a past. */
    public static EvsStart fresh(Uuid self) {
        return new EvsStart(self, null);
    }

    /** The transitional view that the node begins in. */
    ViewId firstView() {
        return new ViewId(ViewType.TRANS, self, restoredView == null ? 0 : restoredView.seq() + 1);
    }
}
