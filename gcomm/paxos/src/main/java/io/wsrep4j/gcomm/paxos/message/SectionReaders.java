package io.wsrep4j.gcomm.paxos.message;

/** Which section is behind a code. */
final class SectionReaders {

    private SectionReaders() {}

    /** @return null for a code that this version does not know */
    static Section read(int code, WireReader in) {
        return switch (code) {
            case 0x01 -> MemberSection.Hello.read(in);
            case 0x02 -> MemberSection.Welcome.read(in);
            case 0x03 -> MemberSection.Reject.read(in);
            case 0x04 -> MemberSection.Alive.read(in);
            case 0x10 -> OrderSection.Accept.read(in);
            case 0x11 -> OrderSection.AcceptNoop.read(in);
            case 0x12 -> OrderSection.Ack.read(in);
            case 0x13 -> OrderSection.Nack.read(in);
            case 0x14 -> OrderSection.Learn.read(in);
            case 0x15 -> OrderSection.Skip.read(in);
            case 0x16 -> OrderSection.Prepare.read(in);
            case 0x17 -> OrderSection.Promise.read(in);
            case 0x20 -> ReadSection.Read.read(in);
            case 0x21 -> ReadSection.Values.read(in);
            case 0x22 -> ReadSection.Gone.read(in);
            case 0x23 -> ReadSection.ReadIndex.read(in);
            case 0x24 -> ReadSection.Index.read(in);
            case 0x30 -> ReadSection.Forward.read(in);
            case 0x40 -> MemberSection.Join.read(in);
            case 0x41 -> MemberSection.JoinAnswer.read(in);
            case 0x42 -> MemberSection.Snapshot.read(in);
            case 0x43 -> MemberSection.Removed.read(in);
            case 0x44 -> MemberSection.Leave.read(in);
            case 0x50 -> ForceSection.ForcePrepare.read(in);
            case 0x51 -> ForceSection.ForcePromise.read(in);
            case 0x52 -> ForceSection.ForceInstall.read(in);
            case 0x53 -> ForceSection.ForceAck.read(in);
            case 0x54 -> ForceSection.ForceGo.read(in);
            case 0x55 -> ForceSection.Stale.read(in);
            default -> null;
        };
    }
}
