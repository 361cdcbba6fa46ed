package io.wsrep4j.gcomm.group.message;

/**
 * Protocol versions of the three layers that members agree on (docs/spec/gcs.md 24). Immutable.
 *
 * @param group of this layer
 * @param replicator of the layer above
 * @param application of the host
 */
public record Protocols(int group, int replicator, int application) {

    /** Nothing agreed. */
    public static final Protocols NONE = new Protocols(-1, -1, -1);

    /** Never in a primary component. */
    public static final Protocols ZERO = new Protocols(0, 0, 0);

    /** Layer by layer the lower one. */
    public Protocols minimum(Protocols other) {
        return new Protocols(
                Math.min(group, other.group),
                Math.min(replicator, other.replicator),
                Math.min(application, other.application));
    }

    /** Layer by layer the higher one. */
    public Protocols maximum(Protocols other) {
        return new Protocols(
                Math.max(group, other.group),
                Math.max(replicator, other.replicator),
                Math.max(application, other.application));
    }

    /** True if no layer is below the other's. */
    public boolean covers(Protocols other) {
        return group >= other.group && replicator >= other.replicator && application >= other.application;
    }

    /** group/replicator/application, as in Galera's log. */
    @Override
    public String toString() {
        return group + "/" + replicator + "/" + application;
    }
}
