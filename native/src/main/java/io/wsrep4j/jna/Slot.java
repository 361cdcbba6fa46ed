package io.wsrep4j.jna;

import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.WriteSetHandle;

/**
 * The companion of a C slot, which the host's handles point to. It lives as long as the slot, through many transactions. Owned by the host's
 * thread that is inside a call with the slot.
 */
abstract sealed class Slot permits TransactionSlot, ApplierSlot {

    final long address;
    final Mailbox mailbox;

    Slot(long address) {
        this.address = address;
        mailbox = new Mailbox(address);
    }

    /** The provider's handle of what the slot stands for now. */
    abstract WriteSetHandle handle();

    /** What the host gave as the event's meta in this call. */
    abstract TransactionMeta meta();
}
