package io.wsrep4j.gcache;

/** Discards history for a store that wants space. */
interface Evictor {

    /** Keeps everything. */
    Evictor NONE = new Evictor() {
        @Override
        public boolean evictThrough(long seqno) {
            return false;
        }

        @Override
        public boolean evictOldest() {
            return false;
        }
    };

    /** Discards everything up to this seqno, in every store; false if something of it must stay. */
    boolean evictThrough(long seqno);

    /** Discards the oldest write set; false if it must stay or there is none. */
    boolean evictOldest();
}
