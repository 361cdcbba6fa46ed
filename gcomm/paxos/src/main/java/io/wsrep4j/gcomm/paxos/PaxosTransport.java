package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.PaxosFrame;

/** What is below the core. Calls come from the core's owner; none may call back. */
public interface PaxosTransport {

    /** Sends to a process, or drops it if there is no link. In order on one link. */
    void send(Uuid to, PaxosFrame frame);

    /** There should be links to all members of the newest configuration: keep dialling this one. */
    void dial(Uuid member, String address);

    /** Closes the link to who broke the protocol or is not wanted. */
    void close(Uuid peer, String reason);
}
