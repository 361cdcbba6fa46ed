package io.wsrep4j.gcomm.gmcast;

import static io.wsrep4j.gcomm.gmcast.Lab.uuid;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.RecordedLog;
import io.wsrep4j.gcomm.transport.NodeAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * docs/spec/gcomm-transport-pc.md checklist 20 to 22, 25 to 29: gossip, dialling, liveness, forgetting, views, options at run time
 * (docs/spec/gcomm-transport-pc.md 7, 9, 10).
 */
final class MeshTest {

    private static final Uuid A = uuid(0xA0);
    private static final Uuid B = uuid(0xB0);
    private static final Uuid C = uuid(0xC0);
    private static final NodeAddress ADDRESS_C = NodeAddress.parse("tcp://10.77.0.4:24400");

    private final Lab lab = new Lab();

    @AfterEach
    void noBufferIsLost() {
        lab.assertNoLeak();
    }

    private ByteBuf topology(Uuid from, Object... nodesAndAddresses) {
        Map<Uuid, NodeAddress> links = new TreeMap<>();
        for (int i = 0; i < nodesAndAddresses.length; i += 2) {
            links.put((Uuid) nodesAndAddresses[i], (NodeAddress) nodesAndAddresses[i + 1]);
        }
        return lab.peer(from, 0).topologyChange(Lab.GROUP, links);
    }

    // ---- gossip

    @Test
    void theListNamesTheEstablishedPeersInOrderAndNotTheSender() {
        lab.established(B, 0, "10.77.0.3", 24300);
        lab.effects();
        lab.established(A, 0, "10.77.0.2", 24200);

        assertThat(lab.effects())
                .contains(
                        "send 1 TOPOLOGY a0=tcp://10.77.0.2:24200 b0=tcp://10.77.0.3:24300",
                        "send 2 TOPOLOGY a0=tcp://10.77.0.2:24200 b0=tcp://10.77.0.3:24300");
    }

    @Test
    void anAddressFromGossipIsDialledWithinATenthOfASecond() {
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        lab.effects();

        lab.receive(peer, topology(A, C, ADDRESS_C));
        lab.pass(0.1);

        assertThat(lab.effects()).contains("dial 2 " + ADDRESS_C);
    }

    @Test
    void aListThatDidNotChangeIsNotAnswered() {
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        lab.receive(peer, topology(A, lab.self, Lab.LISTEN));
        assertThat(lab.effects()).contains("send 1 TOPOLOGY a0=tcp://10.77.0.2:24200");

        lab.receive(peer, topology(A, lab.self, Lab.LISTEN));

        assertThat(lab.effects()).isEmpty();
    }

    @Test
    void aPeerCannotFillTheMemoryWithAddresses() {
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        for (int round = 0; round < 4; round++) {
            Map<Uuid, NodeAddress> links = new TreeMap<>();
            for (int i = 0; i < 200; i++) {
                int number = round * 200 + i;
                links.put(new Uuid(number + 1, 5), NodeAddress.parse("tcp://10.1.1.1:" + (1000 + number)));
            }
            lab.receive(peer, lab.peer(A, 0).topologyChange(Lab.GROUP, links));
        }
        lab.effects();
        lab.pass(1);
        assertThat(lab.effects()).filteredOn(line -> line.startsWith("dial")).hasSizeLessThan(AddressBook.MAX_REMOTE);
    }

    private static Map<Uuid, NodeAddress> invented(int from, int count) {
        Map<Uuid, NodeAddress> links = new TreeMap<>();
        for (int i = from; i < from + count; i++) {
            links.put(new Uuid(i + 1, 5), NodeAddress.parse("tcp://10.1.1.1:" + (1000 + i)));
        }
        return links;
    }

    private List<String> dialsWithin(double seconds) {
        List<String> dials = new ArrayList<>();
        for (double passed = 0; passed < seconds; passed += 0.5) {
            lab.pass(0.5);
            for (String line : lab.effects()) {
                if (line.startsWith("dial")) {
                    dials.add(line);
                    lab.gmcast.onClosed(Long.parseLong(line.split(" ")[1]), "connection refused", lab.now);
                }
            }
            // the tellers live on
            lab.receive(1, lab.peer(A, 0).ok());
        }
        return dials;
    }

    @Test
    void onePeerCanMakeThisNodeTryABoundedNumberOfAddressesFewAtATime() {
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        lab.receive(peer, lab.peer(A, 0).topologyChange(Lab.GROUP, invented(0, 200)));
        lab.effects();

        lab.pass(0.4);
        assertThat(lab.effects()).filteredOn(line -> line.startsWith("dial")).hasSizeBetween(1, Gossip.MAX_DIALS);

        // one list after the other, each with other addresses
        for (int round = 1; round < 50; round++) {
            lab.receive(peer, lab.peer(A, 0).topologyChange(Lab.GROUP, invented(200 * round, 200)));
        }
        assertThat(dialsWithin(4).stream().map(line -> line.split(" ")[2]).distinct())
                .hasSizeBetween(1, Gossip.MAX_OF_PEER);
    }

    @Test
    void inventedAddressesAreForgottenWhenWhoNamedThemIsGone() {
        lab.established(B, 0, "10.77.0.3", 24300);
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        lab.receive(peer, lab.peer(A, 0).topologyChange(Lab.GROUP, invented(0, 30)));
        assertThat(dialsWithin(3)).filteredOn(line -> line.contains("10.1.1.1")).isNotEmpty();

        lab.gmcast.onClosed(peer, "it is gone", lab.now);
        dialsWithin(6);

        assertThat(dialsWithin(20))
                .filteredOn(line -> line.contains("10.1.1.1"))
                .isEmpty();
    }

    @Test
    void anAddressThatIsNamedNoMoreIsStillTriedForAWhileAndThatOfAMemberForEver() {
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        lab.receive(peer, topology(A, C, ADDRESS_C));
        lab.gmcast.onClosed(peer, "it is gone", lab.now);
        assertThat(dialsWithin(3))
                .filteredOn(line -> line.endsWith(ADDRESS_C.toString()))
                .isNotEmpty();

        lab.gmcast.onRegularView(List.of(lab.self, C), List.of(), lab.now);
        dialsWithin(10);

        assertThat(dialsWithin(5))
                .filteredOn(line -> line.endsWith(ADDRESS_C.toString()))
                .isNotEmpty();
    }

    @Test
    void inventedAddressesLeaveNoLineInTheLogAboveDebug() {
        RecordedLog recorded = new RecordedLog((Logger) LoggerFactory.getLogger("gmcast.lab"), Level.INFO);
        try {
            long peer = lab.established(A, 0, "10.77.0.2", 24200);
            lab.receive(peer, lab.peer(A, 0).topologyChange(Lab.GROUP, invented(0, 30)));
            recorded.lines().clear();

            assertThat(dialsWithin(30)).hasSizeGreaterThan(100);

            assertThat(recorded.lines()).isEmpty();
        } finally {
            recorded.remove();
        }
    }

    @Test
    void aMemberCannotSpeakForAnotherThatIsHeardDirectly() {
        long a = lab.established(A, 0, "10.77.0.2", 24200);
        lab.established(B, 0, "10.77.0.3", 24300);
        lab.effects();

        lab.receive(a, lab.user(B, 0, 0, "forged"));
        lab.receive(a, lab.user(B, 0, GmcastHeader.FLAG_RELAY, "forged"));
        assertThat(lab.effects()).isEmpty();

        // one that is silent may have lost its way to us, and others may pass its messages on
        lab.pass(1.6);
        lab.receive(a, lab.user(B, 0, 0, "relayed"));
        assertThat(lab.effects()).contains("deliver b0 segment 0 relayed");
    }

    @Test
    void aPeerWithAFullQueueIsDroppedAndTheOthersAreTold() {
        long slow = lab.established(A, 0, "10.77.0.2", 24200);
        lab.full.add(slow);
        lab.effects();

        lab.established(B, 0, "10.77.0.3", 24300);

        assertThat(lab.effects()).contains("close " + slow).endsWith("send 2 TOPOLOGY b0=tcp://10.77.0.3:24300");
    }

    // ---- liveness

    @Test
    void anIdleLinkIsKeptAliveAndAKeepaliveIsAnswered() {
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        lab.effects();
        lab.pass(0.9);
        assertThat(lab.effects()).isEmpty();
        lab.pass(0.7);
        assertThat(lab.effects()).contains("send 1 KEEPALIVE");

        lab.receive(peer, lab.peer(A, 0).keepalive());
        assertThat(lab.effects()).containsExactly("send 1 OK");
    }

    @Test
    void aLinkThatCarriesMessagesBothWaysNeedsNoKeepalive() {
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        lab.effects();
        for (int i = 0; i < 20; i++) {
            lab.send("x");
            lab.receive(peer, lab.user(A, 0, 0, "y"));
            lab.pass(0.5);
        }
        assertThat(lab.effects()).noneMatch(line -> line.contains("KEEPALIVE"));
    }

    @Test
    void aSilentPeerIsClosedAndDialledASecondLater() {
        lab.established(A, 0, "10.77.0.2", 24200);
        lab.effects();
        lab.pass(2.99);
        assertThat(lab.effects()).noneMatch(line -> line.startsWith("close"));
        lab.pass(0.6);
        assertThat(lab.effects()).contains("close 1");
        lab.pass(0.7);
        assertThat(lab.effects()).isEmpty();
        lab.pass(0.8);
        assertThat(lab.effects()).contains("dial 2 tcp://10.77.0.2:24200");
    }

    @Test
    void aNodeThatWasStoppedForAWhileDoesNotBlameItsPeers() {
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        lab.pass(1);
        lab.effects();

        lab.now += 20 * Lab.SECOND;
        lab.gmcast.onTime(lab.now);
        assertThat(lab.effects()).noneMatch(line -> line.startsWith("close"));

        lab.receive(peer, lab.peer(A, 0).ok());
        lab.pass(2);
        assertThat(lab.gmcast.isConnected(A)).isTrue();
    }

    // ---- forgetting

    @Test
    void aNodeThatLeftGetsOkAndCloseForFiveSeconds() {
        lab.established(A, 0, "10.77.0.2", 24200);
        lab.gmcast.onRegularView(Set.of(lab.self), Set.of(A), lab.now);
        assertThat(lab.effects()).contains("close 1");

        lab.pass(4.9);
        assertThat(lab.effects()).noneMatch(line -> line.startsWith("dial"));
        lab.established(A, 0, "10.77.0.2", 24200);
        assertThat(lab.effects()).containsSubsequence("send 2 OK", "close 2");
        lab.pass(0.7);
        lab.established(A, 0, "10.77.0.2", 24200);
        assertThat(lab.gmcast.isConnected(A)).isTrue();
    }

    @Test
    void aNewNodeAtTheAddressOfOneThatLeftIsWelcomeAtOnce() {
        lab.established(A, 0, "10.77.0.2", 24200);
        lab.gmcast.onRegularView(Set.of(lab.self), Set.of(A), lab.now);
        lab.established(B, 0, "10.77.0.2", 24200);
        assertThat(lab.gmcast.isConnected(B)).isTrue();
    }

    @Test
    void aNodeThatIsNotInThePrimaryViewIsForgottenForHalfTheTime() {
        lab.established(A, 0, "10.77.0.2", 24200);
        lab.established(B, 0, "10.77.0.3", 24300);
        lab.gmcast.onPrimaryView(Set.of(lab.self, B), lab.now);
        assertThat(lab.effects()).contains("close 1").doesNotContain("close 2");

        lab.pass(2.4);
        lab.established(A, 0, "10.77.0.2", 24200);
        assertThat(lab.effects()).containsSubsequence("send 3 OK", "close 3");
        lab.pass(0.7);
        lab.established(A, 0, "10.77.0.2", 24200);
        assertThat(lab.gmcast.isConnected(A)).isTrue();
    }

    @Test
    void aForgottenNodeThatEvsWantsMayReturnAtOnce() {
        lab.established(A, 0, "10.77.0.2", 24200);
        lab.gmcast.forget(A, lab.now);
        lab.gmcast.allowConnect(A);
        lab.established(A, 0, "10.77.0.2", 24200);
        assertThat(lab.gmcast.isConnected(A)).isTrue();
    }

    @Test
    void anEvictedNodesMessagesAreNotHeardAndItsConnectionGoesWithThePrimaryView() {
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        lab.gmcast.evict(A);
        lab.effects();
        lab.receive(peer, lab.user(A, 0, 0, "x"));
        assertThat(lab.effects()).isEmpty();

        lab.gmcast.onPrimaryView(Set.of(lab.self), lab.now);
        assertThat(lab.effects()).contains("close 1");
    }

    @Test
    void initialAddressesNotReachedByTheFirstPrimaryViewAreGivenUp() {
        Lab other = new Lab(NodeAddress.parse("tcp://10.77.0.2:24200"));
        other.gmcast.onPrimaryView(Set.of(other.self), other.now);
        assertThat(other.effects()).containsExactly("dial 1 tcp://10.77.0.2:24200", "close 1");
        other.pass(10);
        assertThat(other.effects()).isEmpty();
    }

    @Test
    void aStrangerIsDialledUpToMira() {
        lab.gmcast.setMaximumInitialReconnects(2);
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        lab.receive(peer, topology(A, C, ADDRESS_C));

        // the address stays in the peer's list, so it is learned anew after each removal; without mira it would be 30
        assertThat(refusedDials(peer, 30)).isBetween(4, 29);
    }

    @Test
    void aMemberOfARegularViewIsDialledForEver() {
        isDialledForEverOnceIn(() -> lab.gmcast.onRegularView(Set.of(lab.self, A, C), Set.of(), lab.now));
    }

    @Test
    void aMemberOfAPrimaryViewIsDialledForEver() {
        isDialledForEverOnceIn(() -> lab.gmcast.onPrimaryView(Set.of(lab.self, A, C), lab.now));
    }

    private void isDialledForEverOnceIn(Runnable view) {
        lab.gmcast.setMaximumInitialReconnects(2);
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        long member = lab.established(C, 0, ADDRESS_C.host(), ADDRESS_C.port());
        view.run();
        lab.gmcast.onClosed(member, "reset", lab.now);

        assertThat(refusedDials(peer, 60)).isBetween(40, 60);
    }

    /** How often somebody is dialled in so many seconds when every dial is refused at once; the peer shows signs of life. */
    private int refusedDials(long peer, int seconds) {
        lab.effects();
        int dials = 0;
        for (int i = 0; i < 2 * seconds; i++) {
            lab.pass(0.5);
            lab.receive(peer, lab.peer(A, 0).ok());
            for (String line : lab.effects()) {
                if (line.startsWith("dial")) {
                    assertThat(line).endsWith(ADDRESS_C.toString());
                    dials++;
                    lab.gmcast.onClosed(Long.parseLong(line.split(" ")[1]), "refused", lab.now);
                }
            }
        }
        return dials;
    }

    // ---- options at run time

    @Test
    void aPeerIsAddedAndDeletedAtRunTime() {
        lab.gmcast.addPeer(ADDRESS_C, lab.now);
        assertThat(lab.effects()).containsExactly("dial 1 " + ADDRESS_C);
        lab.gmcast.deletePeer(ADDRESS_C, lab.now);
        assertThat(lab.effects()).containsExactly("close 1");
        lab.pass(10);
        assertThat(lab.effects()).isEmpty();
    }

    @Test
    void anIsolatedNodeHasNoConnectionAndDialsAgainAfterwards() {
        lab.established(A, 0, "10.77.0.2", 24200);
        lab.effects();
        lab.gmcast.isolate(1, lab.now);
        assertThat(lab.effects()).containsExactly("close 1");
        lab.accept("10.77.0.3");
        assertThat(lab.effects()).containsExactly("close 2");
        lab.pass(5);
        assertThat(lab.effects()).isEmpty();

        lab.gmcast.isolate(0, lab.now);
        lab.pass(1);
        assertThat(lab.effects()).containsExactly("dial 3 tcp://10.77.0.2:24200");
    }

    @Test
    void isolationModeTwoEndsTheNodeAtTheNextAccept() {
        lab.gmcast.isolate(2, lab.now);
        assertThat(lab.failures).isEmpty();
        lab.accept("10.77.0.3");
        assertThat(lab.failures).singleElement().satisfies(failure -> assertThat(failure.kind())
                .isEqualTo(GmcastFailure.Kind.ISOLATED));
    }

    // ---- relaying and segments

    @Test
    void aBroadcastGoesOncePerPeerOfTheOwnSegmentAndOncePerOtherSegment() {
        lab.established(A, 0, "10.77.0.2", 24200);
        lab.established(B, 1, "10.77.0.3", 24300);
        lab.established(C, 1, "10.77.0.4", 24400);
        lab.established(uuid(0x20), 2, "10.77.0.5", 24500);
        // half a second brings the sending tree up to date with nobody missing
        lab.pass(0.6);
        lab.effects();

        lab.send("m");

        // no peer of the own segment has a lower id, so the place in segment s is s modulo its size
        assertThat(lab.effects())
                .containsExactlyInAnyOrder(
                        "send 1 USER from 50 segment 0 flags 0 m",
                        "send 3 USER from 50 segment 0 flags 64 m",
                        "send 4 USER from 50 segment 0 flags 64 m");
    }

    @Test
    void aSegmentRelayIsPassedOnWithinTheOwnSegmentWithTheOriginatorsSegmentAndId() {
        lab.established(A, 0, "10.77.0.2", 24200);
        long far = lab.established(B, 1, "10.77.0.3", 24300);
        lab.effects();

        lab.receive(far, lab.user(B, 1, GmcastHeader.FLAG_SEGMENT_RELAY, "m"));

        assertThat(lab.effects()).containsExactly("send 1 USER from b0 segment 1 flags 0 m", "deliver b0 segment 1 m");
    }

    @Test
    void aRelayIsPassedOnToAllButTheOneItCameFrom() {
        long from = lab.established(A, 0, "10.77.0.2", 24200);
        lab.established(B, 1, "10.77.0.3", 24300);
        lab.established(C, 0, "10.77.0.4", 24400);
        lab.effects();

        lab.receive(from, lab.user(A, 0, GmcastHeader.FLAG_RELAY, "m"));

        assertThat(lab.effects())
                .containsExactlyInAnyOrder(
                        "send 2 USER from a0 segment 0 flags 0 m",
                        "send 3 USER from a0 segment 0 flags 0 m",
                        "deliver a0 segment 0 m");
    }

    @Test
    void aBrokenLinkIsRelayedAroundThroughTheCommonNeighbour() {
        long viaA = lab.established(A, 0, "10.77.0.2", 24200);
        lab.established(B, 0, "10.77.0.3", 24300);
        lab.receive(viaA, topology(A, C, ADDRESS_C));
        lab.effects();

        lab.send("m");

        assertThat(lab.effects())
                .containsExactlyInAnyOrder(
                        "send 1 USER from 50 segment 0 flags 32 m", "send 2 USER from 50 segment 0 flags 0 m");
    }

    @Test
    void whoLivesNowAtTheAddressOfOneThatLeftIsRelayedToAtOnce() {
        long viaA = lab.established(A, 0, "10.77.0.2", 24200);
        lab.established(B, 0, "10.77.0.4", 24400);
        lab.gmcast.onRegularView(Set.of(lab.self, A), Set.of(B), lab.now);
        lab.receive(viaA, topology(A, C, ADDRESS_C));
        lab.pass(0.6);
        lab.effects();

        lab.send("m");

        assertThat(lab.effects()).containsExactly("send 1 USER from 50 segment 0 flags 32 m");
    }

    @Test
    void whomAPeerStillNamesWhenHisBanIsOverIsRelayedToAgain() {
        long viaA = lab.established(A, 0, "10.77.0.2", 24200);
        lab.established(C, 0, "10.77.0.4", 24400);
        lab.gmcast.onRegularView(Set.of(lab.self, A), Set.of(C), lab.now);
        lab.receive(viaA, topology(A, C, ADDRESS_C));
        for (int second = 0; second < 7; second++) {
            lab.pass(1);
            lab.receive(viaA, lab.user(A, 0, 0, "x"));
        }
        lab.effects();

        lab.send("m");

        assertThat(lab.effects()).containsExactly("send 1 USER from 50 segment 0 flags 32 m");
    }

    @Test
    void nobodyRelaysToANodeThatNobodyReaches() {
        lab.established(A, 0, "10.77.0.2", 24200);
        long dead = lab.established(B, 0, "10.77.0.3", 24300);
        lab.gmcast.onClosed(dead, "reset", lab.now);
        lab.pass(0.6);
        lab.effects();

        lab.send("m");

        assertThat(lab.effects()).containsExactly("send 1 USER from 50 segment 0 flags 0 m");
    }

    @Test
    void aTargetedMessageGoesToItsTargetAloneOrToAll() {
        lab.established(A, 0, "10.77.0.2", 24200);
        long second = lab.established(B, 0, "10.77.0.3", 24300);
        lab.effects();

        lab.send(B, false, "m");
        assertThat(lab.effects()).containsExactly("send 2 USER from 50 segment 0 flags 0 m");

        lab.full.add(second);
        lab.send(B, false, "n");
        assertThat(lab.effects()).containsExactly("send 1 USER from 50 segment 0 flags 0 n");

        lab.send(C, false, "o");
        assertThat(lab.effects()).containsExactly("send 1 USER from 50 segment 0 flags 0 o");
    }

    @Test
    void multicastReplacesTheCopiesOfThoseWhoHearIt() {
        lab.established(A, 0, "10.77.0.2", 24200);
        lab.established(B, 0, "10.77.0.3", 24300);
        lab.established(C, 1, "10.77.0.4", 24400);
        lab.pass(0.6);
        lab.gmcast.onMulticastPeers(List.of(A, C), lab.now);
        lab.effects();

        lab.send(null, true, "m");
        assertThat(lab.effects())
                .containsExactly(
                        "send 2 USER from 50 segment 0 flags 0 m",
                        "multicast USER from 50 segment 0 flags 0 m",
                        "send 3 USER from 50 segment 0 flags 64 m");

        lab.send(null, false, "n");
        assertThat(lab.effects()).hasSize(3).noneMatch(line -> line.startsWith("multicast"));

        lab.gmcast.onMulticastPeers(List.of(), lab.now);
        lab.send(null, true, "o");
        assertThat(lab.effects()).hasSize(3).noneMatch(line -> line.startsWith("multicast"));
    }

    @Test
    void aDatagramIsHeardFromAConnectedPeerOfTheOwnSegmentOnly() {
        lab.established(A, 0, "10.77.0.2", 24200);
        lab.established(B, 1, "10.77.0.3", 24300);
        lab.effects();

        for (Uuid source : List.of(A, B, C, lab.self)) {
            ByteBuf datagram = lab.user(source, 0, 0, "m");
            lab.gmcast.onDatagram(datagram, lab.now);
            datagram.release();
        }

        assertThat(lab.effects()).containsExactly("deliver a0 segment 0 m");
    }

    @Test
    void aMalformedMessageCostsTheConnectionOfItsSenderButNotOfItsRelay() {
        long peer = lab.established(A, 0, "10.77.0.2", 24200);
        lab.effects();
        lab.accepts = false;

        lab.receive(peer, lab.user(B, 0, 0, "relayed"));
        assertThat(lab.effects()).containsExactly("deliver b0 segment 0 relayed");

        lab.receive(peer, lab.user(A, 0, 0, "own"));
        assertThat(lab.effects()).contains("close 1");
    }
}
