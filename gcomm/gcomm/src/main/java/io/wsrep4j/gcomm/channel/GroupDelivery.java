package io.wsrep4j.gcomm.channel;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.GroupView.GroupMember;
import io.wsrep4j.gcomm.pc.PcListener;
import io.wsrep4j.gcomm.pc.PcView;
import io.wsrep4j.gcomm.pc.SavedView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Hands what the primary component delivers to the {@link GroupListener}, keeps the saved view, and lets threads wait for the milestones of a
 * channel's life. Owned by the channel's lock; the futures may be waited for by anybody.
 */
final class GroupDelivery implements PcListener {

    private final Uuid self;
    private final GroupListener listener;
    private final Optional<SavedViewFile> savedView;
    private final Consumer<String> failure;
    private final CompletableFuture<Void> primary = new CompletableFuture<>();
    private final CompletableFuture<GroupException> left = new CompletableFuture<>();
    private CompletableFuture<Void> weightChange = CompletableFuture.completedFuture(null);
    private int awaitedWeight;
    private boolean muted;
    private GroupException failed;

    /**
     * Makes a delivery.
     *
     * @param savedView where primary views are kept, if they are
     * @param failure told when the primary component cannot go on
     */
    GroupDelivery(Uuid self, GroupListener listener, Optional<SavedViewFile> savedView, Consumer<String> failure) {
        this.self = self;
        this.listener = listener;
        this.savedView = savedView;
        this.failure = failure;
    }

    /** Completes with the first primary view; fails when there will be none. */
    CompletableFuture<Void> primary() {
        return primary;
    }

    /** Completes when this node is out of the group, with the error if there was one (else null). */
    CompletableFuture<GroupException> left() {
        return left;
    }

    /** The listener hears nothing any more: joining failed, and the caller is told by an exception. */
    void mute() {
        muted = true;
    }

    /** Completes when the group has agreed on this weight of this node; fails if it cannot any more. */
    CompletableFuture<Void> awaitWeight(int weight) {
        awaitedWeight = weight;
        weightChange = new CompletableFuture<>();
        return weightChange;
    }

    @Override
    public void onView(PcView view, long nowNanos) {
        if (view.members().isEmpty()) {
            leave(null);
            return;
        }
        if (view.isPrimary() && failed == null) {
            savedView.ifPresent(file -> file.write(SavedView.of(self, view)));
        } else {
            weightChange.completeExceptionally(new GroupException("the primary component was lost meanwhile"));
        }
        if (!muted) {
            listener.onView(groupView(view));
        }
        if (view.isPrimary()) {
            primary.complete(null);
        }
    }

    private GroupView groupView(PcView view) {
        List<GroupMember> members = new ArrayList<>(view.members().size());
        int own = -1;
        for (Map.Entry<Uuid, Integer> member : view.members().entrySet()) {
            if (member.getKey().equals(self)) {
                own = members.size();
            }
            members.add(new GroupMember(member.getKey(), member.getValue()));
        }
        return new GroupView(view.isPrimary(), view.bootstrap(), own, members);
    }

    @Override
    public void onMessage(int senderIndex, int userType, long totalOrderSeq, ByteBuf payload, long nowNanos) {
        if (!muted) {
            listener.onMessage(senderIndex, userType, payload.nioBuffer());
        }
    }

    @Override
    public void onCausal(long token, long nowNanos) {
        if (!muted) {
            listener.onCausal(token);
        }
    }

    @Override
    public void onWeight(int weight) {
        if (weight == awaitedWeight) {
            weightChange.complete(null);
        }
    }

    @Override
    public void onFailure(String reason) {
        failure.accept(reason);
    }

    /** This node cannot go on and begins to leave: for the listener that is the end. */
    void fail(GroupException reason) {
        if (failed == null) {
            failed = reason;
            tellEnd(reason);
        }
    }

    /** The last event; only the first call counts. */
    void leave(GroupException error) {
        if (left.isDone()) {
            return;
        }
        GroupException first = failed == null ? error : failed;
        tellEnd(first);
        left.complete(first);
    }

    private void tellEnd(GroupException error) {
        savedView.ifPresent(SavedViewFile::delete);
        GroupException reason = error == null ? new GroupException("the node left the group") : error;
        weightChange.completeExceptionally(reason);
        primary.completeExceptionally(reason);
        if (!muted) {
            muted = true;
            listener.onLeft(error);
        }
    }
}
