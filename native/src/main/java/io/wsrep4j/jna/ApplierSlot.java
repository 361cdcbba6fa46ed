package io.wsrep4j.jna;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;

/** A receiving or replaying thread of the host, and the event that it applies at the moment. */
final class ApplierSlot extends Slot implements ApplierContext {

    private final TransactionMeta hostMeta = new TransactionMeta();
    private WriteSetHandle handle;
    private TransactionMeta meta;
    private int metaSerial;
    private ByteBuffer copy = ByteBuffer.allocateDirect(0);

    ApplierSlot(long address) {
        super(address);
    }

    /** Before the host is called: what enter and leave will find here. */
    void begin(WriteSetHandle event, TransactionMeta eventMeta) {
        handle = event;
        meta = eventMeta;
        mailbox.write(eventMeta);
        mailbox.putLong(Mailbox.TRANSACTION_ID, event.transactionId());
        metaSerial = mailbox.getInt(Mailbox.META_SERIAL);
    }

    void end() {
        handle = null;
        meta = null;
    }

    @Override
    WriteSetHandle handle() {
        if (handle == null) {
            throw new IllegalStateException("the host used an applier's handle outside apply");
        }
        return handle;
    }

    @Override
    TransactionMeta meta() {
        int serial = mailbox.getInt(Mailbox.META_SERIAL);
        if (serial != metaSerial) {
            mailbox.read(hostMeta);
            metaSerial = serial;
            meta = hostMeta;
        }
        return meta;
    }

    /** The buffer itself if C can read it in place, else a copy. */
    ByteBuffer direct(ByteBuffer data) {
        if (data.isDirect()) {
            return data;
        }
        if (copy.capacity() < data.remaining()) {
            copy = ByteBuffer.allocateDirect(data.remaining());
        }
        copy.clear().put(data.duplicate()).flip();
        return copy;
    }
}
