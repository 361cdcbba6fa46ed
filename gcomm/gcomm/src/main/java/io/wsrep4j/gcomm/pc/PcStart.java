package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import java.util.Objects;

/**
 * Who a node is when it starts (docs/spec/gcomm-transport-pc.md 14.1).
 *
 * @param self its id
 * @param segment gmcast.segment
 * @param bootstrap it forms a primary component alone
 * @param restored the primary view it was in before a crash, or null
 */
public record PcStart(Uuid self, int segment, boolean bootstrap, SavedView restored) {

    public PcStart {
        Objects.requireNonNull(self, "self");
    }
}
