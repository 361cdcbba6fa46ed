package io.wsrep4j.leaks;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Makes a whole run of tests fail if something of Netty's, such as a buffer, was lost in it. Thread-safe. */
public final class LeakCheck implements LauncherSessionListener {

    private static final int COLLECTIONS = 100;
    private static final long COLLECTION_MILLIS = 1000;

    private final Queue<Detector<?>> detectors = new ConcurrentLinkedQueue<>();
    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Detectors());
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        // what the first collection finds is surely in the detectors' queues when the second is over
        collectGarbage();
        collectGarbage();
        detectors.forEach(Detector::report);
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " leaks: " + String.join("\n", leaks));
        }
    }

    private static void collectGarbage() {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        WeakReference<Object> witness = new WeakReference<>(new Object(), collected);
        try {
            for (int i = 0; i < COLLECTIONS; i++) {
                System.gc();
                if (collected.remove(COLLECTION_MILLIS) == witness) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError("the garbage was not collected, so leaks cannot be found");
    }

    private final class Detectors extends ResourceLeakDetectorFactory {

        @Override
        @SuppressWarnings("deprecation")
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            Detector<T> detector = new Detector<>(resource, samplingInterval);
            detectors.add(detector);
            return detector;
        }
    }

    private final class Detector<T> extends ResourceLeakDetector<T> {

        Detector(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        /** A detector looks for what was lost when something new is to be watched. */
        @SuppressWarnings("unchecked")
        void report() {
            T watched = (T) new Object();
            ResourceLeakTracker<T> tracker = track(watched);
            if (tracker != null) {
                tracker.close(watched);
            }
        }

        @Override
        protected void reportTracedLeak(String resource, String records) {
            super.reportTracedLeak(resource, records);
            leaks.add(resource + records);
        }

        @Override
        protected void reportUntracedLeak(String resource) {
            super.reportUntracedLeak(resource);
            leaks.add(resource);
        }
    }
}
