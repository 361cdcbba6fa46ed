package io.wsrep4j.gcomm.pc;

/** A message that no member of the group should have sent. The text says what is wrong with it. */
final class MalformedPcMessage extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedPcMessage(String message) {
        super(message);
    }
}
