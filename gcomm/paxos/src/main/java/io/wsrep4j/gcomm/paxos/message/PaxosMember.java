package io.wsrep4j.gcomm.paxos.message;

import io.wsrep4j.api.Uuid;

/**
 * A member of a configuration (docs/spec/paxos.md 2, 3.1).
 *
 * @param mid from 1; never given twice in a group
 * @param uuid the process
 * @param address where it listens; at most 255 bytes
 * @param segment 0 to 255
 * @param weight 0 (a learner) to 255
 * @param arbitrator votes, and never owns a lane
 * @param protocolMin lowest protocol it speaks
 * @param protocolMax highest protocol it speaks
 */
public record PaxosMember(
        int mid,
        Uuid uuid,
        String address,
        int segment,
        int weight,
        boolean arbitrator,
        int protocolMin,
        int protocolMax) {

    static final int LEAST_BYTES = 28;

    public boolean isVoter() {
        return weight > 0;
    }

    public boolean mayOwnLane() {
        return weight > 0 && !arbitrator;
    }

    public PaxosMember withMid(int newMid) {
        return new PaxosMember(newMid, uuid, address, segment, weight, arbitrator, protocolMin, protocolMax);
    }

    public PaxosMember withUuid(Uuid newUuid) {
        return new PaxosMember(mid, newUuid, address, segment, weight, arbitrator, protocolMin, protocolMax);
    }

    public PaxosMember withWeight(int newWeight) {
        return new PaxosMember(mid, uuid, address, segment, newWeight, arbitrator, protocolMin, protocolMax);
    }

    void write(WireWriter out) {
        out.u32(mid);
        out.uuid(uuid);
        out.u8(segment);
        out.u8(weight);
        out.u8(arbitrator ? 1 : 0);
        out.u8(protocolMin);
        out.u8(protocolMax);
        out.text(address);
        out.u16(0);
    }

    static PaxosMember read(WireReader in) {
        int mid = in.mid("member's mid");
        Uuid uuid = in.uuid();
        int segment = in.u8();
        int weight = in.u8();
        boolean arbitrator = in.flag("member's flags");
        int protocolMin = in.u8();
        int protocolMax = in.intIn8("member's highest protocol", protocolMin, 255);
        String address = in.text("member's address");
        in.zero16("member's reserved bytes");
        return new PaxosMember(mid, uuid, address, segment, weight, arbitrator, protocolMin, protocolMax);
    }
}
