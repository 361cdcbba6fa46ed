package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Host;
import io.wsrep4j.ist.IstException;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.transaction.OrderedEvent;
import io.wsrep4j.provider.transaction.Transactions;

/**
 * Applies what an incremental transfer brings, on as many threads as come to help (docs/spec/replicator-state-transfer.md 22.3). Thread-safe.
 */
final class HistoryApplication {

    private final NodeParts node;
    private final Transactions transactions;
    private final Host host;
    private final TransferEvents events;
    private final TransferProgress progress;

    HistoryApplication(
            NodeParts node, Transactions transactions, Host host, TransferEvents events, TransferProgress progress) {
        this.node = node;
        this.transactions = transactions;
        this.host = host;
        this.events = events;
        this.progress = progress;
    }

    /** So many events are about to come; the host is told how many are through. */
    void begin(long count) {
        progress.begin(count);
    }

    /** No more come. */
    void end() {
        progress.end();
    }

    /**
     * Applies until the end. Blocks.
     *
     * @throws IstException if the transfer failed; only one of the threads gets it
     */
    void run(ApplierContext context) throws IstException, InterruptedException {
        for (TransferEvents.Item item = events.take(); item != null; item = events.take()) {
            try {
                if (item instanceof TransferEvents.Item.Apply apply) {
                    apply(context, apply.event());
                } else if (item instanceof TransferEvents.Item.Show show) {
                    show(context, show);
                }
            } finally {
                events.done();
                progress.step();
            }
        }
    }

    private void apply(ApplierContext context, OrderedEvent event) {
        if (node.situation().isCorrupt()) {
            transactions.passOver(event);
            return;
        }
        transactions.applyHistoric(context, event);
    }

    private void show(ApplierContext context, TransferEvents.Item.Show show) {
        try {
            if (!node.situation().isCorrupt() && host.view(context, show.view()) != CallbackStatus.SUCCESS) {
                node.situation()
                        .declareInconsistent("the host failed in its view callback for "
                                + show.view().stateId());
            }
        } finally {
            node.orders().leaveBoth(show.seqno());
        }
    }
}
