package io.wsrep4j.gcomm;

/** What a message waits for before it is delivered (docs/spec/gcomm-evs.md 5). */
public enum DeliveryOrder {
    /** Nothing but its sender's earlier messages. */
    FIFO,
    /** Its place in the total order. */
    AGREED,
    /** Its place in the total order, and that every member of the view has it. */
    SAFE
}
