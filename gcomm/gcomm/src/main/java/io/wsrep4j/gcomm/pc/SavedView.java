package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.text.AsciiNumber;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.evs.ViewType;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The last primary view, kept over a crash so that a group that lost all its members can form again (docs/spec/gcomm-transport-pc.md 14.8).
 * Immutable.
 *
 * @param self id of the node that saved it
 * @param id of the view
 * @param bootstrap of the view
 * @param members segments by member
 */
public record SavedView(Uuid self, ViewId id, boolean bootstrap, SortedMap<Uuid, Integer> members) {

    private static final String SELF = "my_uuid:";
    private static final String BEGIN = "#vwbeg";
    private static final String VIEW_ID = "view_id:";
    private static final String BOOTSTRAP = "bootstrap:";
    private static final String MEMBER = "member:";
    private static final String END = "#vwend";

    public SavedView {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    }

    /** What a node saves when it delivers a primary view. */
    public static SavedView of(Uuid self, PcView view) {
        return new SavedView(self, view.id(), view.bootstrap(), view.members());
    }

    /** The same view for this node's next process: its id has the next incarnation, the members are as they were. */
    public SavedView restarted() {
        return new SavedView(NodeIds.nextIncarnation(self), id, bootstrap, members);
    }

    /** The text of gvwstate.dat. */
    public String text() {
        StringBuilder text = new StringBuilder(SELF + ' ').append(self).append('\n');
        text.append(BEGIN).append('\n');
        text.append(VIEW_ID)
                .append(' ')
                .append(id.type().ordinal())
                .append(' ')
                .append(id.uuid())
                .append(' ')
                .append(id.seq())
                .append('\n');
        text.append(BOOTSTRAP).append(' ').append(bootstrap ? 1 : 0).append('\n');
        for (Map.Entry<Uuid, Integer> member : members.entrySet()) {
            text.append(MEMBER)
                    .append(' ')
                    .append(member.getKey())
                    .append(' ')
                    .append(member.getValue())
                    .append('\n');
        }
        return text.append(END).append('\n').toString();
    }

    /**
     * Reads the text of gvwstate.dat. Unknown lines are skipped, the lines of the view may come in any order.
     *
     * @throws IllegalArgumentException if a line that matters is missing or is not what it should be; the message says which
     */
    public static SavedView parse(String text) {
        Uuid self = null;
        ViewId id = null;
        boolean bootstrap = false;
        boolean ended = false;
        SortedMap<Uuid, Integer> members = new TreeMap<>();
        for (String line : text.split("\n", -1)) {
            String[] words = line.trim().split("\\s+");
            switch (words[0]) {
                case SELF -> self = Uuid.parse(word(words, 1, line));
                case VIEW_ID -> id = viewId(words, line);
                case BOOTSTRAP -> bootstrap = number(words, 1, line, 1) == 1;
                case MEMBER -> members.put(Uuid.parse(word(words, 1, line)), number(words, 2, line, 255));
                case END -> ended = true;
                default -> {
                    // a later version's line
                }
            }
        }
        if (self == null || id == null || members.isEmpty() || !ended) {
            throw new IllegalArgumentException("incomplete: expected my_uuid, view_id, at least one member and #vwend");
        }
        return new SavedView(self, id, bootstrap, members);
    }

    private static ViewId viewId(String[] words, String line) {
        int type = number(words, 1, line, ViewType.values().length - 1);
        return new ViewId(
                ViewType.values()[type], Uuid.parse(word(words, 2, line)), number(words, 3, line, ViewId.MAXIMUM_SEQ));
    }

    private static String word(String[] words, int index, String line) {
        if (index >= words.length) {
            throw new IllegalArgumentException("line '" + line + "' is too short");
        }
        return words[index];
    }

    private static int number(String[] words, int index, String line, int maximum) {
        String text = word(words, index, line);
        int value;
        try {
            value = AsciiNumber.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("line '" + line + "': '" + text + "' is not a number", e);
        }
        if (value < 0 || value > maximum) {
            throw new IllegalArgumentException("line '" + line + "': " + text + " is outside 0 to " + maximum);
        }
        return value;
    }
}
