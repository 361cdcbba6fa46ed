package io.wsrep4j.gcomm.gmcast;

import static io.wsrep4j.gcomm.gmcast.Lab.GROUP;
import static io.wsrep4j.gcomm.gmcast.Lab.uuid;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.UnfinishedLimit;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * docs/spec/gcomm-transport-pc.md checklist 8 to 19, 24: who gets in, who does not, and what that does to this node (docs/spec/gcomm-transport-pc.md
 * 6).
 */
final class HandshakeTest {

    private static final NodeAddress PEER = NodeAddress.parse("tcp://10.77.0.2:24200");
    private static final Uuid A = uuid(0xA0);
    private static final Uuid B = uuid(0xB0);

    private final Lab lab = new Lab(PEER);

    @AfterEach
    void noBufferIsLost() {
        lab.assertNoLeak();
    }

    /** The dial of the initial address is connection 1. */
    private long dialled() {
        assertThat(lab.effects()).containsExactly("dial 1 " + PEER);
        lab.gmcast.onConnected(1, lab.now);
        assertThat(lab.effects()).isEmpty();
        return 1;
    }

    private ByteBuf handshake(Uuid from, int id) {
        return lab.peer(from, 0).handshake(new Uuid(9, id));
    }

    private ByteBuf response(Uuid from, String address) {
        return lab.peer(from, 0).handshakeResponse(new Uuid(9, 9), address, GROUP);
    }

    // ---- connector

    @Test
    void theConnectorWaitsForTheHandshakeAnswersAndIsEstablishedByOk() {
        long connection = dialled();

        lab.receive(connection, handshake(A, 1));
        assertThat(lab.effects()).containsExactly("send 1 HANDSHAKE_RESPONSE");
        assertThat(lab.gmcast.isConnected(A)).isFalse();

        lab.receive(connection, lab.peer(A, 0).ok());
        assertThat(lab.effects()).containsExactly("send 1 TOPOLOGY a0=" + PEER);
        assertThat(lab.gmcast.isConnected(A)).isTrue();
        assertThat(lab.gmcast.addressOf(A)).isEqualTo(PEER.toString());
    }

    @Test
    void aConnectorThatMeetsItsOwnIdBeforeItWasPrimaryEnds() {
        lab.receive(dialled(), handshake(lab.self, 1));

        assertThat(lab.failures).singleElement().satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(GmcastFailure.Kind.DUPLICATE_ID);
            assertThat(failure.kind().deletesSavedView()).isTrue();
            assertThat(failure.message()).contains(PEER.toString());
        });
        assertThat(lab.effects()).containsExactly("close 1", "failure DUPLICATE_ID");
    }

    @Test
    void aConnectorThatMeetsItsOwnIdAfterItWasPrimaryRefusesThePeer() {
        dialled();
        lab.gmcast.onNonPrimaryView(lab.now);
        lab.gmcast.onPrimaryView(Set.of(lab.self), lab.now);
        lab.effects();
        lab.gmcast.addPeer(NodeAddress.parse("tcp://10.77.0.3:24300"), lab.now);
        assertThat(lab.effects()).containsExactly("dial 2 tcp://10.77.0.3:24300");

        lab.receive(2, handshake(lab.self, 1));

        assertThat(lab.effects()).startsWith("send 2 FAIL duplicate uuid", "close 2");
        assertThat(lab.failures).isEmpty();
    }

    @Test
    void aNodeThatDialsItselfUnderAnotherTextBlacklistsTheAddressAndSendsNothing() {
        long out = dialled();
        long in = lab.accept("10.77.0.2");
        assertThat(lab.effects()).containsExactly("send 2 HANDSHAKE");

        // its own greeting comes back on the connection that it dialled: 0x1000 is the first id that the lab gives out
        lab.receive(out, lab.peer(lab.self, 0).handshake(new Uuid(0, 0x1000)));

        assertThat(lab.effects()).containsExactly("close 1");
        lab.gmcast.onClosed(in, "closed", lab.now);
        lab.pass(30);
        assertThat(lab.effects()).as("never again").isEmpty();
        assertThat(lab.failures).isEmpty();
    }

    @Test
    void aNodeKnowsItsOwnGreetingWhenTheEndThatGaveItIsGoneAlready() {
        long out = dialled();
        long in = lab.accept("10.77.0.2");
        lab.gmcast.onClosed(in, "a frame of 197398 bytes: TLS, which this end took for plain", lab.now);
        lab.effects();

        lab.receive(out, lab.peer(lab.self, 0).handshake(new Uuid(0, 0x1000)));

        assertThat(lab.effects()).containsExactly("close 1");
        assertThat(lab.failures).isEmpty();
    }

    @Test
    void aSecondAddressOfAConnectedNodeIsRefused() {
        lab.established(A, 0, "10.77.0.9", 24900);
        lab.effects();

        lab.receive(1, handshake(A, 1));

        assertThat(lab.effects()).startsWith("send 1 FAIL duplicate uuid", "close 1");
        assertThat(lab.gmcast.isConnected(A)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"invalid group", "invalid node address", "whatever", ""})
    void otherRefusalsLeadToARetryAfterASecond(String text) {
        long connection = dialled();

        lab.receive(connection, lab.peer(A, 0).fail(text));

        assertThat(lab.effects()).containsExactly("close 1");
        lab.pass(0.99);
        assertThat(lab.effects()).isEmpty();
        lab.pass(0.52);
        assertThat(lab.effects()).containsExactly("dial 2 " + PEER);
        assertThat(lab.failures).isEmpty();
    }

    @Test
    void anEvictedNodeEnds() {
        long connection = dialled();
        lab.receive(connection, handshake(A, 1));

        lab.receive(connection, lab.peer(A, 0).fail("evicted"));

        assertThat(lab.failures).singleElement().satisfies(failure -> assertThat(failure.kind())
                .isEqualTo(GmcastFailure.Kind.EVICTED));
        lab.effects();
        lab.pass(20);
        assertThat(lab.accept("10.77.0.2")).isPositive();
        assertThat(lab.effects()).as("it is over").containsExactly("close 2");
    }

    @Test
    void aDuplicateIdEndsANodeThatWasNeverPrimary() {
        lab.receive(dialled(), lab.peer(A, 0).fail("duplicate uuid"));

        assertThat(lab.failures).singleElement().satisfies(failure -> assertThat(failure.kind())
                .isEqualTo(GmcastFailure.Kind.DUPLICATE_ID));
    }

    @Test
    void aDuplicateIdDoesNotEndANodeThatWasPrimary() {
        lab.gmcast.onPrimaryView(Set.of(lab.self), lab.now);
        lab.gmcast.addPeer(NodeAddress.parse("tcp://10.77.0.3:24300"), lab.now);
        lab.effects();

        lab.receive(2, lab.peer(A, 0).fail("duplicate uuid"));

        assertThat(lab.failures).isEmpty();
        lab.pass(1.5);
        assertThat(lab.effects()).contains("dial 3 tcp://10.77.0.3:24300");
    }

    @ParameterizedTest
    @ValueSource(strings = {"evicted", "duplicate uuid"})
    void aStrangerThatDialsUsCannotEndThisNode(String text) {
        long connection = lab.accept("10.77.0.66");
        lab.effects();

        lab.receive(connection, lab.peer(A, 0).fail(text));

        assertThat(lab.effects()).containsExactly("close " + connection);
        assertThat(lab.failures).isEmpty();
    }

    // ---- acceptor

    @Test
    void theAcceptorSpeaksFirstAndSaysOk() {
        long connection = lab.accept("10.77.0.3");
        assertThat(lab.effects()).containsExactly("dial 1 " + PEER, "send 2 HANDSHAKE");

        lab.receive(connection, response(A, "tcp://0.0.0.0:24300"));

        assertThat(lab.effects()).containsExactly("send 2 OK", "send 2 TOPOLOGY a0=tcp://10.77.0.3:24300");
    }

    @Test
    void aConnectionOverIpv6IsKnownByItsShortText() {
        long connection = lab.accept("0:0:0:0:0:0:0:1");

        lab.receive(connection, response(A, "tcp://[::]:24300"));

        assertThat(lab.gmcast.addressOf(A)).isEqualTo("tcp://[::1]:24300");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "foo",
                "tcp://1.2.3.4",
                "tcp://1.2.3.4:",
                "tcp://1.2.3.4:0",
                "tcp://1.2.3.4:65536",
                "tcp://1.2.3.4:-1",
                "tcp://:4567",
                "tcp://[::1]",
                "tcp://[::1",
                "http://1.2.3.4:80",
                "://1.2.3.4:80",
                "tcp://a b:80"
            })
    void aBadAnnouncedAddressIsRefused(String address) {
        long connection = lab.accept("10.77.0.3");
        lab.effects();

        lab.receive(connection, response(A, address));

        assertThat(lab.effects()).containsExactly("send 2 FAIL invalid node address", "close 2");
    }

    @Test
    void anotherGroupIsRefused() {
        long connection = lab.accept("10.77.0.3");
        lab.effects();

        lab.receive(connection, lab.peer(A, 0).handshakeResponse(new Uuid(1, 1), "tcp://10.77.0.3:1", "other"));

        assertThat(lab.effects()).containsExactly("send 2 FAIL invalid group", "close 2");
    }

    @Test
    void anEvictedPeerIsRefusedUntilItIsTakenBack() {
        lab.gmcast.evict(A);
        long connection = lab.accept("10.77.0.3");
        lab.effects();
        lab.receive(connection, response(A, "tcp://10.77.0.3:24300"));
        assertThat(lab.effects()).containsExactly("send 2 FAIL evicted", "close 2");

        lab.gmcast.unevict(A);
        lab.established(A, 0, "10.77.0.3", 24300);
        assertThat(lab.gmcast.isConnected(A)).isTrue();
    }

    @Test
    void ownIdAndTheIdOfALiveMemberAreRefusedAndTheMemberIsUndisturbed() {
        long member = lab.established(A, 0, "10.77.0.3", 24300);
        lab.effects();

        long impostor = lab.accept("10.77.0.4");
        lab.receive(impostor, response(A, "tcp://10.77.0.4:24400"));
        assertThat(lab.effects())
                .contains("send 3 FAIL duplicate uuid", "close 3")
                .doesNotContain("close " + member);

        long self = lab.accept("10.77.0.4");
        lab.receive(self, response(lab.self, "tcp://10.77.0.4:24400"));
        assertThat(lab.effects()).contains("send 4 FAIL duplicate uuid", "close 4");
        assertThat(lab.failures).as("before and after the first primary view").isEmpty();
        assertThat(lab.gmcast.isConnected(A)).isTrue();
    }

    @Test
    void ofTwoConnectionsTheOneWithTheGreaterHandshakeIdSurvives() {
        NodeAddress address = NodeAddress.parse("tcp://10.77.0.2:24200");
        // ours: the peer chose 9:1, which is greater than the lab's 0:...
        lab.receive(1, handshake(A, 1));
        lab.receive(1, lab.peer(A, 0).ok());
        lab.effects();

        lab.receive(lab.accept(address.host()), response(A, address.toString()));

        assertThat(lab.effects()).contains("send 2 OK", "close 2").doesNotContain("close 1");
        assertThat(lab.gmcast.isConnected(A)).isTrue();
    }

    @Test
    void theSmallerHandshakeIdLosesAlsoWhenItWasFirst() {
        long first = lab.established(A, 0, "10.77.0.2", 24200);
        lab.effects();

        lab.receive(1, handshake(A, 1));
        lab.receive(1, lab.peer(A, 0).ok());

        assertThat(lab.effects()).contains("close " + first).doesNotContain("close 1");
        assertThat(lab.gmcast.isConnected(A)).isTrue();
    }

    @Test
    void aNewNodeAtTheAddressOfAnOldOneReplacesItBeforeAnybodyIsTold() {
        long old = lab.established(A, 0, "10.77.0.3", 24300);
        lab.effects();

        long fresh = lab.accept("10.77.0.3");
        lab.receive(fresh, response(B, "tcp://10.77.0.3:24300"));

        assertThat(lab.effects())
                .containsSubsequence("close " + old, "send " + fresh + " TOPOLOGY b0=tcp://10.77.0.3:24300")
                .noneMatch(line -> line.contains("a0="));
    }

    // ---- time

    @Test
    void aHandshakeThatDoesNotFinishIsClosedAfterPeerTimeout() {
        lab.gmcast.deletePeer(PEER, lab.now);
        lab.effects();
        long silent = lab.accept("10.77.0.3");
        lab.effects();

        lab.pass(2.9);
        assertThat(lab.effects()).isEmpty();
        lab.pass(0.7);
        assertThat(lab.effects()).contains("close " + silent);
    }

    @Test
    void aPeerThatDawdlesWithKeepalivesIsClosedAllTheSame() {
        long dawdler = lab.accept("10.77.0.3");
        for (int i = 0; i < 8 && !lab.effects.contains("close " + dawdler); i++) {
            lab.receive(dawdler, lab.peer(A, 0).keepalive());
            lab.pass(0.5);
        }
        assertThat(lab.effects()).contains("close " + dawdler);
    }

    @Test
    void aDialThatHangsIsGivenUpAndTriedAgain() {
        lab.effects();
        lab.pass(3.5);
        assertThat(lab.effects()).containsExactly("close 1");
        lab.pass(1.5);
        assertThat(lab.effects()).containsExactly("dial 2 " + PEER);
    }

    @Test
    void halfOpenConnectionsAreBounded() {
        lab.effects();
        for (int i = 0; i < UnfinishedLimit.MAX_OF_UNKNOWN_HOST + 10; i++) {
            lab.accept("10.77.0.66");
        }
        assertThat(lab.effects())
                .filteredOn(line -> line.startsWith("close"))
                .hasSize(10)
                .startsWith("close 2");
    }

    @Test
    void strangersOfManyHostsDoNotPushOutTheHandshakeOfAMembersHost() {
        lab.established(A, 0, "10.77.0.2", 24200);
        long member = lab.accept("10.77.0.2");
        lab.effects();
        for (int i = 0; i < 3 * UnfinishedLimit.MAX_CONNECTIONS; i++) {
            lab.accept("10.78." + i / 50 + "." + i % 50);
        }

        assertThat(lab.effects())
                .doesNotContain("close " + member)
                .filteredOn(line -> line.startsWith("close"))
                .hasSize(2 * UnfinishedLimit.MAX_CONNECTIONS + 1);
    }

    @Test
    void aUserMessageBeforeTheHandshakeClosesTheConnection() {
        long connection = lab.accept("10.77.0.3");
        lab.effects();

        lab.receive(connection, lab.user(A, 0, 0, "x"));

        assertThat(lab.effects()).containsExactly("close " + connection);
    }
}
