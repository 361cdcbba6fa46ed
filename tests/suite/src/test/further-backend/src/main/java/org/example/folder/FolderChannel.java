package org.example.folder;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.GroupView.GroupMember;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A member of a group whose members share a folder. Whoever appends to the order decides it, and a member is dead when its process is: so there is
 * one component, always primary, and what is appended is delivered to all. A thread of its own delivers.
 */
final class FolderChannel implements GroupChannel {

    private static final int MAXIMUM_LENGTH = 1 << 20;
    private static final long LOOK_FOR_THE_DEAD = TimeUnit.MILLISECONDS.toNanos(500);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Uuid own = newId();
    private final Path folder;
    private final long pollNanoseconds;

    // guarded by this object's lock
    private SharedOrder order;
    private boolean used;
    private boolean open;
    private Thread reader;

    // of the reader
    private List<Uuid> members = List.of();

    FolderChannel(Path folder, long pollNanoseconds) {
        this.folder = folder;
        this.pollNanoseconds = pollNanoseconds;
    }

    private static Uuid newId() {
        UUID random = UUID.randomUUID();
        return new Uuid(random.getMostSignificantBits(), random.getLeastSignificantBits());
    }

    @Override
    public synchronized void join(String groupName, boolean bootstrap, GroupListener listener) throws GroupException {
        if (used) {
            throw new GroupException("this channel was used before; a channel joins once");
        }
        used = true;
        try {
            order = new SharedOrder(folder, groupName, own);
            long[] begin = new long[1];
            order.alone(former -> {
                List<Uuid> now = living(former);
                if (now.isEmpty() != bootstrap) {
                    throw new IOException(
                            bootstrap
                                    ? "it has " + now.size() + " members already: join them, or end them"
                                    : "it has no members: start one with bootstrap");
                }
                now.add(own);
                begin[0] = order.end();
                order.view(now);
            });
            open = true;
            reader = new Thread(() -> deliver(begin[0], listener), "folder-group");
            reader.setDaemon(true);
            reader.start();
        } catch (IOException e) {
            closeFiles();
            throw new GroupException("cannot join group '" + groupName + "' in " + folder + ": " + e.getMessage());
        }
    }

    private List<Uuid> living(List<Uuid> former) throws IOException {
        List<Uuid> living = new ArrayList<>();
        for (Uuid member : former) {
            if (order.lives(member)) {
                living.add(member);
            }
        }
        return living;
    }

    private void deliver(long begin, GroupListener listener) {
        GroupException failure = null;
        try {
            long position = begin;
            long looked = System.nanoTime();
            boolean member = true;
            while (member) {
                if (position < order.end()) {
                    int length = order.lengthAt(position);
                    member = deliver(order.read(position, length), listener);
                    position += length;
                } else if (System.nanoTime() - looked > LOOK_FOR_THE_DEAD) {
                    removeTheDead();
                    looked = System.nanoTime();
                } else {
                    LockSupport.parkNanos(pollNanoseconds);
                }
            }
            synchronized (this) {
                failure = open ? new GroupException("the others have shut this member out") : null;
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = new GroupException("the shared folder " + folder + " failed: " + e);
        }
        closeFiles();
        listener.onLeft(failure);
    }

    /** False if this member's time in the group is over. */
    private boolean deliver(SharedOrder.Entry record, GroupListener listener) {
        if (record.kind() == SharedOrder.VIEW) {
            List<Uuid> now = SharedOrder.uuids(record.content());
            if (!now.contains(own)) {
                return false;
            }
            members = now.stream().sorted().toList();
            List<GroupMember> all =
                    members.stream().map(id -> new GroupMember(id, 0)).toList();
            listener.onView(new GroupView(true, false, members.indexOf(own), all));
        } else if (record.kind() == SharedOrder.MESSAGE && members.contains(record.member())) {
            listener.onMessage(members.indexOf(record.member()), (int) record.number(), record.content());
        } else if (record.kind() == SharedOrder.TOKEN && record.member().equals(own)) {
            listener.onCausal(record.number());
        }
        return true;
    }

    private void removeTheDead() throws IOException {
        order.alone(former -> {
            List<Uuid> now = living(former);
            if (now.size() < former.size()) {
                order.view(now);
            }
        });
    }

    private void remove(Uuid member) throws IOException {
        order.alone(former -> {
            List<Uuid> now = new ArrayList<>(former);
            if (now.remove(member)) {
                order.view(now);
            }
        });
    }

    private synchronized void closeFiles() {
        open = false;
        if (order != null) {
            try {
                order.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @Override
    public void leave() {
        Thread last;
        synchronized (this) {
            used = true;
            last = reader;
            if (open) {
                open = false;
                try {
                    remove(own);
                } catch (IOException e) {
                    closeFiles();
                }
            }
        }
        try {
            if (last != null && last != Thread.currentThread()) {
                last.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public SendResult send(int type, ByteBuffer header, ByteBuffer body) {
        int length = header.remaining() + body.remaining();
        if (length == 0 || type < 0 || type > 254) {
            throw new IllegalArgumentException("a message of type " + type + " and " + length
                    + " bytes; a type is from 0 to 254, and a message has at least one byte");
        }
        if (length > MAXIMUM_LENGTH) {
            return SendResult.TOO_LONG;
        }
        ByteBuffer content = ByteBuffer.allocate(length);
        content.put(header.duplicate()).put(body.duplicate()).flip();
        return append(SharedOrder.MESSAGE, type, content);
    }

    @Override
    public SendResult sendCausal(long token) {
        return append(SharedOrder.TOKEN, token, NOTHING);
    }

    private synchronized SendResult append(int kind, long number, ByteBuffer content) {
        if (!open) {
            return SendResult.CLOSED;
        }
        try {
            order.alone(all -> order.append(kind, number, content));
            return SendResult.ACCEPTED;
        } catch (IOException e) {
            closeFiles();
            return SendResult.ABORTED;
        }
    }

    @Override
    public int maximumLength() {
        return MAXIMUM_LENGTH;
    }

    @Override
    public boolean setOption(String name, String value) {
        return false;
    }

    /** Nobody can be cut off from a folder. */
    @Override
    public void isolate(boolean isolated) {
        // the contract's tests are told so
    }

    @Override
    public synchronized void evict(Uuid member) {
        if (open) {
            try {
                remove(member);
            } catch (IOException e) {
                closeFiles();
            }
        }
    }

    /** Makes what follows fail, as if the folder were gone. */
    void breakDown() throws IOException {
        order.close();
    }

    @Override
    public SortedMap<String, String> status() {
        return new TreeMap<>(java.util.Map.of("gcomm_uuid", own.toString()));
    }

    @Override
    public void resetStatistics() {
        // there are none
    }
}
