/**
 * The core of a {@code paxos://} group (docs/spec/paxos.md): every member proposes in slots of its own, a majority decides, and members come and go
 * by decided commands.
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.paxos.PaxosCore}, a deterministic state machine between {@link io.wsrep4j.gcomm.paxos.PaxosTransport} below
 * and {@link io.wsrep4j.gcomm.paxos.PaxosListener} above. It must never read a clock, take a lock, start a thread, roll dice or open anything.
 *
 * <p><b>This is a core, not a backend.</b> There is no channel, no factory, no option list: no address with the scheme paxos is understood by a
 * provider yet.
 *
 * <p>There: owned slots with the fast path, skips (direct and relayed), gap filling with ranks, back-off and standing revocation, learning, FIFO, go
 * back, batches, pipeline, horizon; all commands of 11.4, one change at a time; exclusive and shared lanes; multi, single and auto mode switched
 * online, preferred leader, take-over for a leader; forwarding for members without a lane; detection by a majority of opinions, expelling, suspension
 * and its end by a refresh; forced membership with epochs and fork records; joining, leaving with lingering, expelled members that rejoin; read-index
 * causal tokens; log cache with eviction, reading, loss of history; learners (weight 0) and arbitrators; {@link io.wsrep4j.gcomm.paxos.AcceptorStore}
 * as the seam for persistence; statistics; the frames.
 *
 * <p>Not there: stores other than none, restart under the same mid, floor leases (18); lane demotion (12.2); FOLLOW of a broken link's neighbour
 * (14.3: the asked side answers, nobody asks); bounds of a peer's output queue (14.4: that is the driver's); raising the protocol by itself (21.6);
 * leases (20.4); items by reference (12.3); {@code paxos.suspend=view};
 * {@code paxos.ack} and {@code paxos.skip} other than auto. The promises are kept by slot, not as intervals.
 *
 * <p>Statements of docs/spec/paxos.md 25 with a test here: 1, 2, 34, 35 in SlotMapTest; 3, 4, 5, 7, 9, 10, 12, 17, 28, 29, 36, 37, 38, 40, 41
 * (without seqnos), 42, 50, 54 (200 tries for each of two modes), 59 in ScenariosTest, and N1, N8, N9, N11, N12, N21, N22, N24, N25, N30, N32 of
 * 26.3; 44, 45 in ForceTest, and N34, N35; 55, 56, 57 in message.PaxosFrameTest, and section 24 in HostileFramesTest; 8, 13, 23 to 27, 31 are
 * invariants of every seed of SimulatorTest, and BrokenRulesTest shows that it notices. Not covered: 6, 11, 14 to 16, 18 to 22, 30, 32, 33, 39, 43,
 * 46 to 49, 51 to 53, 58, 60.
 */
package io.wsrep4j.gcomm.paxos;
