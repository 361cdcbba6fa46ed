package io.wsrep4j.gcomm.paxos.message;

import java.util.ArrayList;
import java.util.List;

/**
 * What a slot holds (docs/spec/paxos.md 2, 9).
 *
 * @param id exact: two values with one id are the same value
 * @param items of an APP value, else empty
 * @param commands of a CONFIG value, else empty
 */
public record Value(ValueId id, List<Item> items, List<Command> commands) {

    public static final Value NOOP = new Value(ValueId.NOOP, List.of(), List.of());

    private static final int KIND_NOOP = 1;
    private static final int KIND_APP = 2;
    private static final int KIND_CONFIG = 3;
    private static final int HEADER = 24;

    public static Value ofItems(ValueId id, List<Item> items) {
        return new Value(id, List.copyOf(items), List.of());
    }

    public static Value ofCommands(ValueId id, List<Command> commands) {
        return new Value(id, List.of(), List.copyOf(commands));
    }

    public boolean isNoop() {
        return id.mid() == 0;
    }

    public boolean isConfiguration() {
        return !commands.isEmpty();
    }

    /** Bytes on the wire, about; what bounds of memory count. */
    public int size() {
        int size = HEADER + commands.size() * 64;
        for (Item item : items) {
            size += item.size();
        }
        return size;
    }

    void write(WireWriter out) {
        out.u8(isNoop() ? KIND_NOOP : isConfiguration() ? KIND_CONFIG : KIND_APP);
        out.u8(0);
        out.u16(0);
        id.write(out);
        int length = out.reserve32();
        if (isConfiguration()) {
            out.u16(commands.size());
            commands.forEach(command -> Commands.write(command, out));
        } else {
            items.forEach(item -> item.write(out));
        }
        out.fillLength(length);
    }

    static Value read(WireReader in) {
        int kind = in.intIn8("value's kind", KIND_NOOP, KIND_CONFIG);
        in.zero8("value's flags");
        in.zero16("value's reserved bytes");
        ValueId id = ValueId.read(in);
        WireReader body = in.part("value's body", in.u32());
        if ((kind == KIND_NOOP) != (id.mid() == 0) || (kind == KIND_NOOP && body.hasMore())) {
            throw new MalformedFrameException("value of kind " + kind + " with id " + id);
        }
        return switch (kind) {
            case KIND_NOOP -> NOOP;
            case KIND_APP -> ofItems(id, readItems(body));
            default -> {
                Value value = ofCommands(id, Commands.read(body));
                body.end("value's body");
                yield value;
            }
        };
    }

    private static List<Item> readItems(WireReader body) {
        List<Item> items = new ArrayList<>();
        while (body.hasMore()) {
            items.add(Item.read(body));
        }
        if (items.isEmpty()) {
            throw new MalformedFrameException("a value of items without any");
        }
        return items;
    }
}
