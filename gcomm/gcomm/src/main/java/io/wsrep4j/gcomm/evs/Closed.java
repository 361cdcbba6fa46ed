package io.wsrep4j.gcomm.evs;

/** Not a node of any group: not yet, or no more. */
record Closed() implements EvsState {}
