package io.wsrep4j.gcache;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcache.RecoveryReport.Outcome;
import io.wsrep4j.gcache.file.FileLock;
import io.wsrep4j.gcache.file.MappedFile;
import io.wsrep4j.gcache.file.RingContainer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates or recovers the ring at start (docs/spec/gcache.md 8, 10 and 20). One thread. */
final class RingOpening {

    private static final Logger LOG = LoggerFactory.getLogger(RingOpening.class);
    private static final long HEADER_SEARCHED = 1L << 20;

    private final CacheSettings settings;
    private final Path path;
    private final int slabs;
    private final long slabSize;

    private SeqnoTable table = new SeqnoTable();
    private Ring ring;
    private RecoveryReport report;
    private long headerOffset;
    private long headerEnd;
    private boolean headerIsCopy;

    private RingOpening(CacheSettings settings, long maximumSlab) {
        this.settings = settings;
        this.path = settings.ringFile();
        this.slabs = (int) Math.max(1, (settings.ringSize() + maximumSlab - 1) / maximumSlab);
        this.slabSize = settings.ringSize() / slabs & -8L;
    }

    /**
     * Opens it.
     *
     * @param maximumSlab largest slab, in bytes: {@link RingContainer#MAXIMUM_SLAB}, less in tests of many slabs
     * @throws IOException if the file, its directory or its disk cannot be used
     */
    static RingOpening open(CacheSettings settings, long maximumSlab) throws IOException {
        RingOpening opening = new RingOpening(settings, maximumSlab);
        try {
            opening.open();
            return opening;
        } catch (IOException | RuntimeException | Error e) {
            opening.table.close();
            throw e;
        }
    }

    /** The ring; null if {@code gcache.size} is 0. */
    Ring ring() {
        return ring;
    }

    SeqnoTable table() {
        return table;
    }

    RecoveryReport report() {
        return report;
    }

    private void open() throws IOException {
        long started = System.nanoTime();
        if (settings.ringSize() == 0) {
            report = RecoveryReport.empty(Outcome.CREATED, 0);
            return;
        }
        FileLock lock = FileLock.acquire(path);
        boolean handedOver = false;
        try {
            RingContainer.wipeLeftOvers(path);
            Outcome outcome = Outcome.CREATED;
            if (Files.size(path) > 0) {
                if (findHeader()) {
                    handedOver = true;
                    recover(lock, started);
                    return;
                }
                boolean galera = GaleraRing.isOne(path);
                Path aside = path.resolveSibling(path.getFileName() + (galera ? ".galera" : ".unrecognised"));
                lock = setAside(lock, aside, galera);
                if (galera && settings.recover() && importGalera(aside, started)) {
                    return;
                }
                outcome = Outcome.SET_ASIDE;
            }
            ring = createRing(Uuid.UNDEFINED, null);
            report = RecoveryReport.empty(outcome, System.nanoTime() - started);
        } finally {
            if (!handedOver) {
                lock.close();
            }
        }
    }

    private void recover(FileLock lock, long started) throws IOException {
        MappedFile file = MappedFile.map(path, lock, Math.max(headerEnd, Files.size(path)));
        if (headerIsCopy) {
            LOG.warn("the ring's header in '{}' is damaged; it is restored from its copy", path);
            RingHeader.restore(file.address() + headerOffset);
        }
        RingHeader header = new RingHeader(file.address() + headerOffset);
        boolean kept = false;
        try {
            Uuid history = settings.recover() ? header.history() : Uuid.UNDEFINED;
            RingScan scan = new RingScan(file, header, table);
            boolean walked = false;
            if (history.isUndefined()) {
                LOG.info(
                        "Skipped GCache ring buffer recovery: {}",
                        settings.recover() ? "history UUID unknown" : "gcache.recover is off");
            } else {
                LOG.info("Recovering GCache ring buffer '{}' of history {}", path, history);
                walked = scan.walk();
                if (!walked) {
                    LOG.warn(
                            "the ring's header in '{}' does not say where its records are; searching everywhere", path);
                    scan.searchEverywhere();
                }
            }
            report = reportOf(scan, header, history, started);
            if (isAsConfigured(header) && (walked || history.isUndefined())) {
                adopt(file, header, history);
                kept = true;
            } else {
                rebuild(header, history);
            }
        } finally {
            if (!kept) {
                file.release();
            }
        }
        if (ring == null) {
            replaceEmpty();
        }
        LOG.info(
                "GCache ring buffer: {}; kept seqnos {} to {} ({} write sets), dropped {}, damaged {}, unordered {}, {} ms",
                report.outcome(),
                report.oldest(),
                report.newest(),
                report.kept(),
                report.dropped(),
                report.damaged(),
                report.unordered(),
                report.nanos() / 1_000_000);
    }

    private RecoveryReport reportOf(RingScan scan, RingHeader header, Uuid history, long started) {
        return new RecoveryReport(
                history.isUndefined() ? Outcome.SKIPPED : Outcome.RECOVERED,
                history,
                table.lowest(),
                table.highest(),
                table.count(),
                scan.dropped(),
                scan.damaged(),
                scan.unordered(),
                header.isClean(),
                System.nanoTime() - started);
    }

    private void adopt(MappedFile file, RingHeader header, Uuid history) {
        if (!header.hasPossiblePlaces()) {
            header.oldest(0);
            header.next(0, 1);
        }
        ring = new Ring(file, header);
        header.clean(false);
        if (table.count() == 0) {
            ring.clear();
            header.history(history);
        }
    }

    /** Copies the newest of what was found into a new file of the configured size. */
    private void rebuild(RingHeader oldHeader, Uuid history) throws IOException {
        SeqnoTable found = table;
        table = new SeqnoTable();
        try {
            try {
                ring = createRing(history, new RingCopy(oldHeader, found));
            } catch (IOException e) {
                LOG.warn(
                        "there is no room for a new ring beside the old one, whose history must be given up ({})",
                        e.getMessage());
                table.close();
                table = new SeqnoTable();
            }
            long dropped = report.dropped() + found.count() - table.count();
            report = new RecoveryReport(
                    report.outcome(),
                    history,
                    table.lowest(),
                    table.highest(),
                    table.count(),
                    dropped,
                    report.damaged(),
                    report.unordered(),
                    report.cleanStop(),
                    report.nanos());
        } finally {
            found.close();
        }
    }

    /** Where old and new do not fit on the disk together, the old goes first, and its history with it. */
    private void replaceEmpty() throws IOException {
        try (FileLock lock = FileLock.acquire(path)) {
            long needed = slabs * slabSize + RingContainer.MAXIMUM_OVERHEAD;
            // Before anything is lost: it must fit at least then.
            MappedFile.requireSpace(path, needed - Files.size(path));
            lock.empty();
            ring = createRing(Uuid.UNDEFINED, null);
        }
        report = new RecoveryReport(
                Outcome.SKIPPED,
                Uuid.UNDEFINED,
                -1,
                -1,
                0,
                report.dropped(),
                report.damaged(),
                report.unordered(),
                report.cleanStop(),
                report.nanos());
    }

    private Ring createRing(Uuid history, RingCopy copy) throws IOException {
        RingContainer.Fresh fresh = RingContainer.build(path, slabs, slabSize);
        MappedFile file = null;
        try {
            RingContainer container = fresh.container();
            file = MappedFile.map(path, fresh.store(), fresh.lock(), container.fileLength());
            Ring created = new Ring(file, newHeader(file, container));
            created.header().history(history);
            if (copy != null) {
                copy.into(created, table);
            }
            fresh.install(path);
            return created;
        } catch (IOException | RuntimeException | Error e) {
            if (file != null) {
                file.release();
            }
            fresh.abandon();
            throw e;
        }
    }

    private RingHeader newHeader(MappedFile file, RingContainer container) {
        long offset = container.headerOffset();
        long tag = new SecureRandom().nextLong();
        int flags = settings.encryption() ? RingHeader.FLAG_ENCRYPTED : 0;
        return RingHeader.create(file.address() + offset, offset, container.slabOffsets(), slabSize, tag, flags);
    }

    private boolean isAsConfigured(RingHeader header) {
        return header.slabCount() == slabs
                && header.slabSize() == slabSize
                && header.isEncrypted() == settings.encryption();
    }

    /** Looks for a whole header at the beginning of the file, where the queue's documents put it. */
    private boolean findHeader() throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = Math.min(HEADER_SEARCHED + RingContainer.HEADER_BYTES, channel.size());
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) size);
            while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
                // The next piece.
            }
            long address = Pointer.nativeValue(Native.getDirectBufferPointer(bytes));
            long slabLimit = CacheSettings.MAXIMUM_RING_SIZE / RingContainer.MAXIMUM_SLAB;
            boolean found = false;
            for (long at = 0; !found && at + RingHeader.COPY <= size; at += Long.BYTES) {
                if (!RingHeader.hasMagic(address + at)) {
                    continue;
                }
                boolean copy = RingHeader.isWhole(address + at, at - RingHeader.COPY, (int) slabLimit);
                if (copy || RingHeader.isWhole(address + at, at, (int) slabLimit)) {
                    found = RingHeader.version(address + at) == RingHeader.VERSION;
                    headerOffset = copy ? at - RingHeader.COPY : at;
                    headerEnd = new RingHeader(address + at).end();
                    headerIsCopy = copy;
                }
            }
            Reference.reachabilityFence(bytes);
            return found;
        }
    }

    /** Renames a file that is not ours to read, replacing one that was put aside before. */
    private FileLock setAside(FileLock lock, Path aside, boolean galera) throws IOException {
        Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
        LOG.warn(
                "'{}' is {}: renamed to '{}'; delete it when it is not needed any more",
                path,
                galera
                        ? "a ring buffer of Galera's own library"
                        : "not a ring buffer that this version can read, or its header is damaged",
                aside);
        lock.close();
        return FileLock.acquire(path);
    }

    /** Takes over the history of a ring of Galera's own library; false if it cannot be read. */
    private boolean importGalera(Path aside, long started) throws IOException {
        GaleraRing galera = GaleraRing.read(aside);
        if (galera == null) {
            return false;
        }
        SeqnoTable found = new SeqnoTable();
        MappedFile file = MappedFile.map(aside, FileLock.acquire(aside), Files.size(aside));
        try {
            if (!galera.addTo(found, file)) {
                return false;
            }
            ring = createRing(galera.history(), new RingCopy(null, found));
            report = new RecoveryReport(
                    Outcome.IMPORTED,
                    galera.history(),
                    table.lowest(),
                    table.highest(),
                    table.count(),
                    found.count() - table.count(),
                    0,
                    0,
                    true,
                    System.nanoTime() - started);
            LOG.info(
                    "imported seqnos {} to {} of history {} from '{}'",
                    table.lowest(),
                    table.highest(),
                    galera.history(),
                    aside);
            return true;
        } finally {
            file.release();
            found.close();
        }
    }
}
