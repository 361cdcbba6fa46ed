package io.wsrep4j.gcomm.group;

/** Memory of the heap; keeps nothing for joiners. */
enum HeapActionMemory implements ActionMemory {
    INSTANCE;

    @Override
    public ActionBuffer allocate(int size) {
        return HeapActionBuffer.allocate(size);
    }

    @Override
    public long lowestSeqno() {
        return -1L;
    }
}
