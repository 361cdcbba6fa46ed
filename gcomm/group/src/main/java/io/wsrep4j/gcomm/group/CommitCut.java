package io.wsrep4j.gcomm.group;

import java.util.List;

/**
 * The seqno up to which no member needs anything any more (docs/spec/gcs.md 11). Immutable.
 *
 * @param seqno the cut
 * @param tracked index of the member that holds it back, -1 for none
 */
public record CommitCut(long seqno, int tracked) {

    private static final int SKIPS_THE_SILENT_FROM = 2;
    private static final int WAITS_FOR_THE_SILENT_FROM = 5;

    /** The cut by the rules of a negotiated protocol. */
    CommitCut recomputed(List<Member> members, int protocol) {
        long smallest = Long.MAX_VALUE;
        int holder = -1;
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            boolean skipped = protocol >= SKIPS_THE_SILENT_FROM
                    && protocol < WAITS_FOR_THE_SILENT_FROM
                    && member.discardable < seqno;
            if (member.holdsCommitCut(protocol) && !skipped && member.discardable <= smallest) {
                smallest = member.discardable;
                holder = i;
            }
        }
        if (holder < 0) {
            return new CommitCut(seqno, -1);
        }
        boolean mayGoDown = protocol < SKIPS_THE_SILENT_FROM;
        return new CommitCut(mayGoDown ? smallest : Math.max(seqno, smallest), holder);
    }
}
