/**
 * State transfer as the replicator conducts it: the joiner's and the donor's procedure, and the application of what an incremental transfer brings
 * (docs/spec/replicator-state-transfer.md 17 to 22).
 *
 * <p>Entry class: {@link io.wsrep4j.provider.transfer.StateTransfers}.
 *
 * <p>This package must never let an event pass the orders twice, or leave one out.
 */
package io.wsrep4j.provider.transfer;
