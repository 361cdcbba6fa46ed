package io.wsrep4j.tests.benchmarks.gcomm;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Some members of a group send as fast as they are let, each from one thread, with a bounded number of own messages under way. */
final class Load {

    private static final int UNDER_WAY = 256;
    private static final long WAIT_NANOS = 20_000;

    private final List<TimedMember> members;
    private final List<TimedMember> sending;
    private final int length;
    private volatile boolean stop;

    /**
     * What came of it.
     *
     * @param deliveriesPerSecond at each member, on average
     * @param bytesPerDelivery allocated by all threads of this process, for each delivery at each member
     */
    record Throughput(double deliveriesPerSecond, double bytesPerDelivery) {}

    Load(List<TimedMember> members, List<TimedMember> sending, int length) {
        this.members = members;
        this.sending = sending;
        this.length = length;
    }

    Throughput run(Duration duration) throws InterruptedException {
        stop = false;
        CountDownLatch ready = new CountDownLatch(sending.size());
        List<Thread> senders = new ArrayList<>();
        for (TimedMember member : sending) {
            Thread sender = new Thread(() -> {
                ready.countDown();
                send(member);
            });
            sender.start();
            senders.add(sender);
        }
        ready.await();
        long allocatedBefore = allocated();
        long deliveredBefore = delivered();
        long begin = System.nanoTime();
        LockSupport.parkNanos(duration.toNanos());
        long delivered = delivered() - deliveredBefore;
        double seconds = (System.nanoTime() - begin) / 1e9;
        long allocated = allocated() - allocatedBefore;
        stop = true;
        for (Thread sender : senders) {
            sender.join();
        }
        return new Throughput(delivered / seconds / members.size(), (double) allocated / delivered);
    }

    private void send(TimedMember member) {
        ByteBuffer body = ByteBuffer.allocateDirect(length);
        long sent = member.own();
        while (!stop) {
            member.send(body);
            sent++;
            while (sent - member.own() > UNDER_WAY && !stop) {
                LockSupport.parkNanos(WAIT_NANOS);
            }
        }
        while (member.own() < sent) {
            LockSupport.parkNanos(WAIT_NANOS);
        }
    }

    private long delivered() {
        return members.stream().mapToLong(TimedMember::delivered).sum();
    }

    /** Bytes that all living threads have allocated so far. */
    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(bytes, 0);
        }
        return sum;
    }
}
