/**
 * Whole groups in virtual time over a network that fails as a seed says (docs/spec/gcomm-evs.md 20 to 22).
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.simulation.SimulatedCluster}. Everything runs on the calling thread; the same seed gives the same
 * run. A layer above EVS is added with {@link io.wsrep4j.gcomm.simulation.UpperLayer}.
 */
package io.wsrep4j.gcomm.simulation;
