/**
 * The primary component: which part of a divided group may order actions, and the numbering of what it orders (docs/spec/gcomm-transport-pc.md 11
 * to 14).
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.pc.PrimaryComponent}, a pure state machine above virtual synchrony. It must never open a socket
 * or a file, read a clock or start a thread; the saved view is text here, and the channel makes a file of it.
 */
package io.wsrep4j.gcomm.pc;
