package io.wsrep4j.gcomm.evs;

import io.wsrep4j.gcomm.evs.MalformedMessageException.Kind;

/** Refuses messages that are well formed but say what no sound node says (docs/spec/gcomm-evs.md 3.4). */
final class ContentCheck {

    /** View numbers above this are refused: nothing could follow them (docs/spec/gcomm-evs.md 4). */
    static final int HIGHEST_VIEW_SEQ = ViewId.MAXIMUM_SEQ - (1 << 16);

    private final Environment env;
    private final CurrentView current;

    ContentCheck(Environment env, CurrentView current) {
        this.env = env;
        this.current = current;
    }

    void check(EvsMessage message) throws MalformedMessageException {
        Knowledge knowledge = null;
        ViewId claimed = message.sourceView();
        if (message instanceof JoinMessage join) {
            knowledge = join.knowledge();
            if (claimed.equals(current.id()) && !knowledge.nodes().containsKey(env.self)) {
                throw new MalformedMessageException(
                        Kind.CONTENT, "JOIN of our view " + claimed, "a list without us", "with us");
            }
        } else if (message instanceof InstallMessage install) {
            knowledge = install.knowledge();
            claimed = install.installView();
            if (!claimed.uuid().equals(message.source()) || claimed.type() != ViewType.REG) {
                throw new MalformedMessageException(
                        Kind.CONTENT, "INSTALL of " + message.source(), "view " + claimed, "a regular one of its own");
            }
        } else if (message instanceof LeaveMessage leave && leave.seq() < 0) {
            throw new MalformedMessageException(
                    Kind.CONTENT, "last slot in LEAVE", String.valueOf(leave.seq()), "0 and more");
        }
        if (knowledge == null) {
            return;
        }
        if (!knowledge.nodes().containsKey(message.source())) {
            throw new MalformedMessageException(
                    Kind.CONTENT, message.type() + " of " + message.source(), "a list without its sender", "with it");
        }
        boolean ours = knowledge.nodes().get(message.source()).view().equals(current.id());
        if (ours && message instanceof InstallMessage && !knowledge.nodes().containsKey(env.self)) {
            throw new MalformedMessageException(
                    Kind.CONTENT, "INSTALL by a member of our view", "a list without us", "with us");
        }
        if (claimed.seq() > HIGHEST_VIEW_SEQ || message.sourceView().seq() > HIGHEST_VIEW_SEQ) {
            throw new MalformedMessageException(
                    Kind.CONTENT,
                    message.type() + " of " + message.source(),
                    "view " + claimed,
                    "view numbers up to " + HIGHEST_VIEW_SEQ);
        }
    }
}
