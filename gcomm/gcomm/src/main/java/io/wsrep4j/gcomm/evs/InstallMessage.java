package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;

/** A representative's proposal of the next view (docs/spec/gcomm-evs.md 12.6). */
final class InstallMessage extends EvsMessage {

    private final ViewId installView;
    private final Knowledge knowledge;

    InstallMessage(
            int flags,
            int version,
            long fifoSeq,
            Uuid source,
            ViewId sourceView,
            ViewId installView,
            Knowledge knowledge) {
        super(flags, version, fifoSeq, source, sourceView);
        this.installView = installView;
        this.knowledge = knowledge;
    }

    @Override
    Type type() {
        return Type.INSTALL;
    }

    @Override
    boolean isMembership() {
        return true;
    }

    ViewId installView() {
        return installView;
    }

    Knowledge knowledge() {
        return knowledge;
    }

    /** The entry about a node, or null. */
    NodeEntry about(Uuid uuid) {
        return knowledge.nodes().get(uuid);
    }

    /** True if the node is to be a member of the new view. */
    boolean admits(Uuid uuid) {
        NodeEntry entry = about(uuid);
        return entry != null && entry.operational();
    }

    InstallMessage repeated() {
        return new InstallMessage(
                flags() | RETRANS, version(), fifoSeq(), source(), sourceView(), installView, knowledge);
    }
}
