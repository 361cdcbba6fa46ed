package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.Collections;
import java.util.NavigableMap;

/**
 * The content that JOIN and INSTALL share.
 *
 * @param safeSeq the sender's global safe seq
 * @param aru what the sender has received from all
 * @param nodes every node it knows, in ascending uuid order
 */
record Knowledge(long safeSeq, long aru, NavigableMap<Uuid, NodeEntry> nodes) {

    Knowledge {
        nodes = Collections.unmodifiableNavigableMap(nodes);
    }

    /** True if both describe the same state of the sender (docs/spec/gcomm-evs.md 11.4 step 11). */
    boolean agreesWith(Knowledge other) {
        return safeSeq == other.safeSeq
                && aru == other.aru
                && nodes.size() == other.nodes.size()
                && nodes.entrySet().stream().allMatch(e -> e.getValue().agreesWith(other.nodes.get(e.getKey())));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("safe=" + safeSeq + " aru=" + aru);
        nodes.forEach((uuid, entry) -> text.append(" {")
                .append(ShortUuid.of(uuid))
                .append(' ')
                .append(entry)
                .append('}'));
        return text.toString();
    }
}
