package io.wsrep4j.provider.cache;

import io.wsrep4j.gcache.WriteSetBuffer;
import io.wsrep4j.gcache.WriteSetKind;
import io.wsrep4j.gcomm.group.ActionBuffer;
import java.nio.ByteBuffer;

/**
 * An action's bytes in the write-set cache (docs/spec/gcache.md 3). Until it is published, releasing it gives the room back; afterwards, releasing it only lets go of it:
 * the bytes are history, kept until the commit cut passes and their room is wanted. One owner at a time.
 */
public final class CachedAction implements ActionBuffer {

    private final WriteSetBuffer memory;
    private final ByteBuffer bytes;
    private final int size;
    private boolean published;
    private boolean released;

    CachedAction(WriteSetBuffer memory, boolean published) {
        this.memory = memory;
        this.published = published;
        bytes = memory.bytes();
        size = memory.length();
    }

    @Override
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public int size() {
        return size;
    }

    void publish(long seqno, WriteSetKind kind, boolean skip) {
        memory.publish(seqno, kind, skip);
        published = true;
    }

    @Override
    public void release() {
        if (released) {
            throw new IllegalStateException("this action was released already");
        }
        released = true;
        if (published) {
            memory.detach();
        } else {
            memory.discard();
        }
    }
}
