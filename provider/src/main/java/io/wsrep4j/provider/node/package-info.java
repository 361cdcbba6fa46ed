/**
 * What one node is made of, for those who act on it: {@link io.wsrep4j.provider.node.NodeParts}, and {@link io.wsrep4j.provider.node.FailStop}, which
 * alone decides what becomes of the node when an ordered action was not done. This package must never decide about a transaction or a state transfer.
 */
package io.wsrep4j.provider.node;
