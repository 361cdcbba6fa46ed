package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Accept;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Learn;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Learned;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Promise;
import io.wsrep4j.gcomm.paxos.message.PaxosFrame;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Forward;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Values;
import io.wsrep4j.gcomm.paxos.message.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything that is due to a peer leaves once a turn, together with what could wait (docs/spec/paxos.md 8.2, 10). */
final class Outlet {

    private static final int MOST_SECTIONS = PaxosFrame.MAX_SECTIONS - 8;
    private static final long NEVER = Long.MAX_VALUE;

    /** What is to be said to one process. */
    private static final class Box {
        final List<Section> due = new ArrayList<>();
        final List<Section> deferred = new ArrayList<>();
        final List<Learned> learned = new ArrayList<>();
        final List<Section> riding = new ArrayList<>();
        long deadline = NEVER;
    }

    private final PaxosMachine machine;
    private final Map<Uuid, Box> boxes = new LinkedHashMap<>();
    private long framesSent;

    Outlet(PaxosMachine machine) {
        this.machine = machine;
    }

    private Box box(int mid) {
        PaxosMember member = machine.slots.member(mid);
        Uuid uuid = member == null ? machine.detector.stranger(mid) : member.uuid();
        return uuid == null || mid == machine.mid ? new Box() : box(uuid);
    }

    private Box box(Uuid uuid) {
        return boxes.computeIfAbsent(uuid, any -> new Box());
    }

    void send(int mid, Section section) {
        box(mid).due.add(section);
    }

    void tell(Uuid uuid, Section section) {
        box(uuid).due.add(section);
    }

    /** To all other members of all configurations from the executed slot's on. */
    void broadcast(Section section) {
        machine.peers().forEach(mid -> send(mid, section));
    }

    /** With the next frame that goes there, at the latest in {@code delay} nanoseconds. */
    void defer(int mid, Section section, long delay) {
        Box box = box(mid);
        box.deferred.add(section);
        box.deadline = Math.min(box.deadline, machine.now + delay);
    }

    void deferLearn(Learned learned, long delay) {
        for (int mid : machine.peers()) {
            Box box = box(mid);
            box.learned.add(learned);
            box.deadline = Math.min(box.deadline, machine.now + delay);
        }
    }

    /** Only if a frame goes there in this turn anyway. */
    void ride(int mid, Section section) {
        box(mid).riding.add(section);
    }

    /** Nothing waits any longer. */
    void urge() {
        for (Box box : boxes.values()) {
            box.deadline = box.deadline == NEVER ? NEVER : machine.now;
        }
    }

    long deadline() {
        long deadline = NEVER;
        for (Box box : boxes.values()) {
            deadline = Math.min(deadline, box.deadline);
        }
        return deadline;
    }

    long framesSent() {
        return framesSent;
    }

    void forget(Uuid uuid) {
        boxes.remove(uuid);
    }

    void clear() {
        boxes.clear();
    }

    void flush() {
        machine.store.commit();
        boxes.forEach((uuid, box) -> {
            if (!box.due.isEmpty() || box.deadline <= machine.now) {
                List<Section> sections = new ArrayList<>(box.deferred);
                sections.addAll(box.due);
                if (!box.learned.isEmpty()) {
                    sections.add(new Learn(List.copyOf(box.learned)));
                }
                sections.addAll(box.riding);
                frames(uuid, sections);
                box.due.clear();
                box.deferred.clear();
                box.learned.clear();
                box.deadline = NEVER;
            }
            box.riding.clear();
        });
    }

    private void frames(Uuid to, List<Section> sections) {
        List<Section> frame = new ArrayList<>();
        int bytes = PaxosFrame.HEADER_LENGTH;
        for (Section section : sections) {
            int size = sizeOf(section);
            if (!frame.isEmpty()
                    && (bytes + size > machine.settings.bounds().maxFrame() / 2 || frame.size() >= MOST_SECTIONS)) {
                emit(to, frame);
                frame = new ArrayList<>();
                bytes = PaxosFrame.HEADER_LENGTH;
            }
            frame.add(section);
            bytes += size;
        }
        emit(to, frame);
    }

    private void emit(Uuid to, List<Section> sections) {
        PaxosMember member = machine.slots.member(to);
        PaxosFrame frame = new PaxosFrame(
                machine.epoch,
                machine.groupId,
                machine.mid,
                member == null ? 0 : member.mid(),
                machine.slots.isEmpty() ? 0 : machine.slots.newest().number(),
                machine.executed(),
                machine.maxSlot,
                List.copyOf(sections));
        framesSent++;
        machine.transport.send(to, frame);
    }

    /** About; what splits a turn's sections into frames. */
    private static int sizeOf(Section section) {
        if (section instanceof Accept accept) {
            return 48 + accept.value().size();
        }
        if (section instanceof Values values) {
            return 16
                    + values.values().stream()
                            .mapToInt(held -> 32 + held.value().size())
                            .sum();
        }
        if (section instanceof Forward forward) {
            return 32 + forward.items().stream().mapToInt(item -> item.size()).sum();
        }
        if (section instanceof Learn learn) {
            return 16 + learn.slots().size() * 32;
        }
        if (section instanceof Promise promise) {
            return 64 + promise.accepted().size() * 32 + promise.refused().size() * 28;
        }
        return 512;
    }
}
