package io.wsrep4j.gcomm.group;

import io.wsrep4j.gcomm.group.message.Protocols;

/**
 * What a node tells the group of itself. Immutable.
 *
 * @param name of the node; empty means that it has none
 * @param incomingAddress where it takes clients; may be empty
 * @param supported highest protocol versions of the three layers; the group layer's is {@link #GROUP_PROTOCOL}
 * @param votePolicy how many successes decide a vote, 0 for a plurality (docs/spec/gcs.md 15.3)
 * @param stateless it holds no state: never a donor, never holds back the commit cut, has no vote
 */
public record NodeIdentity(
        String name, String incomingAddress, Protocols supported, int votePolicy, boolean stateless) {

    /** Highest version of the group layer's protocol that is spoken. */
    public static final int GROUP_PROTOCOL = 5;

    /** Replicator and application protocol of an arbitrator: never the lowest. */
    public static final int ARBITRATOR_PROTOCOL = 127;

    /** With the name of a node that has none, if it has none. */
    public NodeIdentity named() {
        return name.isEmpty()
                ? new NodeIdentity(Member.UNSPECIFIED, incomingAddress, supported, votePolicy, stateless)
                : this;
    }
}
