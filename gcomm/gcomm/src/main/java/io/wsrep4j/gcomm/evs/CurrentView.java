package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.List;

/** The view that this node is in, with what was sent and received in it (docs/spec/gcomm-evs.md 4 and 13.1). */
final class CurrentView {

    private EvsView view;
    private final InputMap map = new InputMap(1);
    private int selfIndex;
    private long lastSent = -1;
    private final Uuid self;

    CurrentView(EvsStart start) {
        self = start.self();
        view = EvsView.of(0, start.firstView(), List.of(self));
    }

    EvsView view() {
        return view;
    }

    ViewId id() {
        return view.id();
    }

    InputMap map() {
        return map;
    }

    /** Highest own slot that is used; -1 before the first. */
    long lastSent() {
        return lastSent;
    }

    void lastSent(long seq) {
        lastSent = seq;
    }

    int selfIndex() {
        return selfIndex;
    }

    boolean hasMember(Uuid uuid) {
        return view.members().contains(uuid);
    }

    int memberCount() {
        return view.members().size();
    }

    /**
     * Takes what another member is said to have received of all; true if it is news. Nobody can have received more than this node has sent:
     * a higher number is a lie, and believed it would stay, since marks never go back, and part this node from those who were not told it.
     */
    boolean acknowledged(int member, long seq) {
        return seq <= lastSent && map.raiseMark(member, seq);
    }

    /** Begins a regular view. */
    void install(EvsView next) {
        view = next;
        map.reset(next.members().size());
        selfIndex = next.members().headSet(self).size();
        lastSent = -1;
    }

    /** Ends membership. */
    void end() {
        map.clear();
    }
}
