package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;

/**
 * One member's STATE: what it says about itself and about the others.
 *
 * @param source who says it
 * @param own its entry about itself
 * @param state all of it
 */
record Account(Uuid source, NodeState own, PcMessage.State state) {}
