package io.wsrep4j.gcache;

import java.util.List;

/**
 * The cache's figures at one moment (docs/spec/gcache.md 13). All sizes in bytes, record headers included.
 *
 * @param oldest lowest cached seqno, or -1
 * @param newest highest cached seqno, or -1
 * @param released highest released seqno
 * @param memoryUsed in the memory store
 * @param memorySize allowed to the memory store
 * @param ringUsed between the ring's oldest and newest record
 * @param ringSize the ring's capacity
 * @param ringFileSize length of the ring's file
 * @param pagesUsed live records in pages
 * @param pagesSize length of all page files
 * @param pageCount page files
 * @param plaintextUsed decrypted or not yet encrypted copies; 0 without encryption
 * @param pinnedFrom first seqno of each open pin, ascending
 * @param reserved buffers reserved since open
 * @param published buffers published since open
 * @param discarded buffers given up without a seqno since open
 * @param evicted write sets discarded from the history since open
 */
public record CacheStatistics(
        long oldest,
        long newest,
        long released,
        long memoryUsed,
        long memorySize,
        long ringUsed,
        long ringSize,
        long ringFileSize,
        long pagesUsed,
        long pagesSize,
        int pageCount,
        long plaintextUsed,
        List<Long> pinnedFrom,
        long reserved,
        long published,
        long discarded,
        long evicted) {

    public CacheStatistics {
        pinnedFrom = List.copyOf(pinnedFrom);
    }
}
