package io.wsrep4j.jna;

import io.wsrep4j.api.GatheredWriteSet;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.WriteSetHandle;

/** A local transaction: C gathers its keys and data, this hands them over in certify. */
final class TransactionSlot extends Slot {

    private final GatheredView keys = new GatheredView(Mailbox.KEYS);
    private final GatheredView ordered = new GatheredView(Mailbox.ORDERED);
    private final GatheredView unordered = new GatheredView(Mailbox.UNORDERED);
    private final GatheredView annotation = new GatheredView(Mailbox.ANNOTATION);
    private final TransactionMeta meta = new TransactionMeta();
    private int metaSerial;
    private int generation;
    private WriteSetHandle handle;

    TransactionSlot(long address) {
        super(address);
    }

    @Override
    WriteSetHandle handle() {
        int current = mailbox.getInt(Mailbox.GENERATION);
        if (handle == null || current != generation) {
            generation = current;
            handle = new WriteSetHandle(mailbox.getLong(Mailbox.TRANSACTION_ID));
        }
        return handle;
    }

    /** Usually the host returns what certify wrote, and then nothing is read again. */
    @Override
    TransactionMeta meta() {
        int serial = mailbox.getInt(Mailbox.META_SERIAL);
        if (serial != metaSerial) {
            mailbox.read(meta);
            metaSerial = serial;
        }
        return meta;
    }

    /**
     * Hands over what was gathered, then certifies. An abort that came while C gathered is passed on once the provider knows the transaction,
     * so that every abort finds it either here or there; certify then answers as it does to any victim.
     */
    Status submitAndCertify(Provider provider, long connectionId, int flags, Runnable placed) {
        takeSource();
        Status status = submit(provider, handle());
        if (status == Status.OK) {
            boolean victim = isVictim(provider, handle);
            status = placed == null
                    ? provider.certify(connectionId, handle, flags, meta)
                    : provider.certify(connectionId, handle, flags, meta, placed);
            // a victim that had gathered nothing is unknown to the provider, which then has nothing against it
            status = victim && status == Status.OK ? Status.CONNECTION_FAIL : status;
        }
        mailbox.write(meta);
        metaSerial = mailbox.getInt(Mailbox.META_SERIAL);
        return status;
    }

    private void takeSource() {
        meta.clear();
        long detached = mailbox.getLong(MetaLayout.TRANSACTION);
        long connection = mailbox.getLong(MetaLayout.CONNECTION);
        if (detached != TransactionSource.UNDEFINED_ID) {
            meta.setSource(mailbox.sourceNode(), detached, connection);
        } else {
            meta.setSource(meta.sourceNode(), detached, connection);
        }
    }

    private Status submit(Provider provider, WriteSetHandle transaction) {
        if (keys.in(mailbox) | ordered.in(mailbox) | unordered.in(mailbox) | annotation.in(mailbox)) {
            Status status = provider.appendGathered(
                    transaction,
                    new GatheredWriteSet(
                            keys.buffer(),
                            mailbox.getInt(Mailbox.KEY_COUNT),
                            ordered.buffer(),
                            unordered.buffer(),
                            annotation.buffer()));
            if (status != Status.OK) {
                return status;
            }
        }
        return Status.OK;
    }

    private boolean isVictim(Provider provider, WriteSetHandle transaction) {
        mailbox.changePhase(Mailbox.GATHERING, Mailbox.SUBMITTED);
        if (mailbox.phase() != Mailbox.ABORTED) {
            return false;
        }
        provider.abortCertification(Seqno.UNDEFINED, transaction.transactionId());
        return true;
    }

    /** Releases, and tells C whether the transaction goes on with another fragment. */
    Status release(Provider provider) {
        WriteSetHandle released = handle();
        Status status = provider.release(released);
        if (released.opaque() != null) {
            mailbox.putInt(Mailbox.KEPT, 1);
            mailbox.changePhase(Mailbox.SUBMITTED, Mailbox.GATHERING);
        } else {
            handle = null;
        }
        return status;
    }
}
