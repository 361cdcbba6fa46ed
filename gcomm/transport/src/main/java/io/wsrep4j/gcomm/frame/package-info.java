/**
 * The frame around every message on a stream: length, flags, checksum (docs/spec/gcomm-transport-pc.md 3).
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.frame.Frame}. Nobody above sees a byte whose length and checksum were not right.
 */
package io.wsrep4j.gcomm.frame;
