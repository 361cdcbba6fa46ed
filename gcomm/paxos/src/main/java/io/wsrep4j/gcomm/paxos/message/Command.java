package io.wsrep4j.gcomm.paxos.message;

import io.wsrep4j.api.Uuid;
import java.util.List;

/** What changes the configuration, ordered like everything else (docs/spec/paxos.md 11.4). */
public sealed interface Command {

    /** @param member with mid 0: the order gives it one */
    record Add(PaxosMember member) implements Command {}

    /** @param mids those of them that are members go */
    record Remove(List<Integer> mids) implements Command {}

    /**
     * @param mids lane owners; empty for all who may own one
     * @param mode what the group is in from there on
     * @param preferredLeader mid, 0 for none
     */
    record SetLanes(List<Integer> mids, Mode mode, int preferredLeader) implements Command {}

    /** @param slots 32 to 8192 */
    record SetHorizon(int slots) implements Command {}

    /** @param weight 0 to 255 */
    record SetWeight(int mid, int weight) implements Command {}

    /** @param version all members must speak it */
    record SetProtocol(int version) implements Command {}

    /** A new view of the same members; with a mid, that member has a new UUID. */
    record Refresh(int mid, Uuid uuid) implements Command {}
}
