package io.wsrep4j.sst;

/** Told how far a transfer is: at its beginning, at its end, and not more often than the settings allow between. Thread of the transfer. */
@FunctionalInterface
public interface SnapshotProgress {

    /** For hosts that do not want to know. */
    SnapshotProgress NONE = (bytes, totalBytes) -> {};

    /**
     * How far it is.
     *
     * @param bytes of content that went through
     * @param totalBytes that will, as far as the donor's host knew when it opened the snapshot; -1 if it did not
     */
    void progress(long bytes, long totalBytes);
}
