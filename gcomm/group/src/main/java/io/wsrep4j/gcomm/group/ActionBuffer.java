package io.wsrep4j.gcomm.group;

import java.nio.ByteBuffer;

/**
 * The bytes of one action, in one piece. Whoever is given one owns it: keeps it or releases it, once. Not thread-safe; handed from thread to
 * thread safely.
 */
public interface ActionBuffer {

    /** The bytes: {@link #size} of them, from 0. Always the same object; its position and limit are the owner's to move. */
    ByteBuffer bytes();

    /** Gives the memory back. The bytes must not be touched afterwards. */
    void release();

    /** Number of bytes of the action. */
    int size();
}
