package io.wsrep4j.provider.order;

/**
 * Statistics of a monitor since the last reset (docs/spec/options-status.md 10.1, lines 34 to 40).
 *
 * @param outOfOrderEntered share of the entries made before a lower seqno had left
 * @param outOfOrderLeft share of the entries that left after a higher seqno had left
 * @param window mean, at entry, of the distance from the highest seqno left without gap to the highest entered
 * @param waits how often somebody had to wait to enter
 */
public record MonitorFigures(double outOfOrderEntered, double outOfOrderLeft, double window, long waits) {}
