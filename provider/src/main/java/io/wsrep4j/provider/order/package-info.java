/**
 * Seqno order: who may go next (docs/spec/replicator-state-transfer.md 5).
 *
 * <p>Entry class: {@link io.wsrep4j.provider.order.OrderMonitor}; a provider has three of them, its {@link
 * io.wsrep4j.provider.order.Orders}: local, apply and commit. This package must never know what it orders.
 */
package io.wsrep4j.provider.order;
