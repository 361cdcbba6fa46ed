package io.wsrep4j.gcomm.log;

/**
 * A kind of line that others can cause, the key that {@link LimitedLog} counts by. Kinds are constants of the code, never made of what a peer sent.
 *
 * @param what names the lines in the summary, in the plural: {@code connections closed before their handshake}
 * @param linesOfPeer how many of one peer pass in a minute
 * @param linesInAll how many of all peers together pass in a minute
 * @param aboutNode true if the line says what became of this node or its group: others can cause it, but no flood of other kinds may hide it
 */
public record LineKind(String what, int linesOfPeer, int linesInAll, boolean aboutNode) {

    private static final int LINES_OF_PEER = 5;
    private static final int LINES_IN_ALL = 20;
    private static final int LINES_ABOUT_NODE = 60;

    public LineKind {
        if (what.isEmpty() || linesOfPeer < 1 || linesInAll < linesOfPeer) {
            throw new IllegalArgumentException(
                    "kind '" + what + "' with " + linesOfPeer + " lines of a peer and " + linesInAll + " in all");
        }
    }

    /** Something that a peer did, sent or is. */
    public static LineKind ofPeer(String what) {
        return new LineKind(what, LINES_OF_PEER, LINES_IN_ALL, false);
    }

    /** Something that became of this node or its group, such as a view. */
    public static LineKind ofNode(String what) {
        return new LineKind(what, LINES_ABOUT_NODE, LINES_ABOUT_NODE, true);
    }
}
