package io.wsrep4j.gcomm.paxos.message;

import io.wsrep4j.gcomm.paxos.message.Command.Add;
import io.wsrep4j.gcomm.paxos.message.Command.Refresh;
import io.wsrep4j.gcomm.paxos.message.Command.Remove;
import io.wsrep4j.gcomm.paxos.message.Command.SetHorizon;
import io.wsrep4j.gcomm.paxos.message.Command.SetLanes;
import io.wsrep4j.gcomm.paxos.message.Command.SetProtocol;
import io.wsrep4j.gcomm.paxos.message.Command.SetWeight;
import java.util.List;

/** The bytes of commands: u8 command, u8 0, u32 length, argument. */
final class Commands {

    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final int SET_LANES = 3;
    private static final int SET_HORIZON = 4;
    private static final int SET_WEIGHT = 5;
    private static final int SET_PROTOCOL = 6;
    private static final int REFRESH = 7;

    private Commands() {}

    static final int LEAST_BYTES = 6;

    static void write(Command command, WireWriter out) {
        out.u8(code(command));
        out.u8(0);
        int length = out.reserve32();
        if (command instanceof Add add) {
            add.member().write(out);
        } else if (command instanceof Remove remove) {
            out.list(remove.mids(), (mid, to) -> to.u32(mid));
        } else if (command instanceof SetLanes lanes) {
            out.list(lanes.mids(), (mid, to) -> to.u32(mid));
            out.u8(lanes.mode().ordinal());
            out.u32(lanes.preferredLeader());
        } else if (command instanceof SetHorizon horizon) {
            out.u32(horizon.slots());
        } else if (command instanceof SetWeight weight) {
            out.u32(weight.mid());
            out.u8(weight.weight());
        } else if (command instanceof SetProtocol protocol) {
            out.u8(protocol.version());
        } else if (command instanceof Refresh refresh) {
            out.u32(refresh.mid());
            out.uuid(refresh.uuid());
        }
        out.fillLength(length);
    }

    private static int code(Command command) {
        return command instanceof Add
                ? ADD
                : command instanceof Remove
                        ? REMOVE
                        : command instanceof SetLanes
                                ? SET_LANES
                                : command instanceof SetHorizon
                                        ? SET_HORIZON
                                        : command instanceof SetWeight
                                                ? SET_WEIGHT
                                                : command instanceof SetProtocol ? SET_PROTOCOL : REFRESH;
    }

    static List<Command> read(WireReader in) {
        List<Command> commands = in.list("commands", LEAST_BYTES, Commands::readOne);
        if (commands.isEmpty()) {
            throw new MalformedFrameException("a configuration value without commands");
        }
        return commands;
    }

    static Command readOne(WireReader in) {
        int code = in.intIn8("command", ADD, REFRESH);
        in.zero8("command's reserved byte");
        WireReader argument = in.part("command's argument", in.u32());
        Command command =
                switch (code) {
                    case ADD -> new Add(PaxosMember.read(argument));
                    case REMOVE -> new Remove(mids(argument));
                    case SET_LANES ->
                        new SetLanes(mids(argument), Mode.read(argument), argument.mid("preferred leader"));
                    case SET_HORIZON -> new SetHorizon(argument.u32());
                    case SET_WEIGHT -> new SetWeight(argument.memberMid("weight's mid"), argument.u8());
                    case SET_PROTOCOL -> new SetProtocol(argument.u8());
                    default -> new Refresh(argument.mid("refresh's mid"), argument.uuid());
                };
        argument.end("command's argument");
        return command;
    }

    static List<Integer> mids(WireReader in) {
        return in.list("mids", 4, reader -> reader.memberMid("mid"));
    }
}
