package io.wsrep4j.provider.certification;

import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.provider.writeset.KeyCursor;
import io.wsrep4j.provider.writeset.WriteSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * docs/spec/writeset-certification.md 8 in its plainest form: maps of objects, nothing shared with the index but the reading of bytes.
 * Without non-blocking operations; for wide keys it takes the whole digest for the key, so that write sets must use one key format.
 */
final class CertificationModel {

    /** Rows: type in the index; columns: incoming type; N nothing, D dependency, C conflict. */
    private static final String RULES = "NNDDNNDCDDCCCCCC";

    private record Part(long hash, long wideHash) {}

    private static final class Member {
        private long seqno;
        private long lastSeen;
        private long depends;
        private Uuid source;
        private boolean totalOrder;
        private boolean failed;
        private boolean preloaded;
        private final List<Part> parts = new ArrayList<>();
        private final List<Integer> types = new ArrayList<>();
    }

    private final int version;
    private final long initial;
    private long lastParallelUnsafe;
    private long safe;
    private final TreeMap<Long, Member> members = new TreeMap<>();
    private final Map<Part, Member[]> index = new HashMap<>();
    private final List<Long> pending = new ArrayList<>();

    CertificationModel(int version, long initial) {
        this.version = version;
        this.initial = initial;
        lastParallelUnsafe = initial;
        safe = initial;
    }

    record Outcome(boolean passed, long depends) {}

    Outcome append(WriteSet writeSet, long seqno, boolean preload) {
        Member member = new Member();
        int flags = writeSet.flags();
        member.seqno = seqno;
        member.source = writeSet.source();
        member.preloaded = preload;
        member.totalOrder = (flags & TransactionFlags.ISOLATION) != 0;
        KeyCursor cursor = new KeyCursor().wrap(writeSet);
        while (cursor.next()) {
            member.parts.add(new Part(cursor.hash(), cursor.wideHash()));
            member.types.add(cursor.typeOrdinal());
        }
        boolean unsafe = (flags & TransactionFlags.PA_UNSAFE) != 0;
        if (preload) {
            member.lastSeen = -1;
            member.depends = seqno - writeSet.parallelRange();
        } else {
            member.lastSeen = writeSet.seqnoField();
            member.depends = writeSet.version() < 5 ? -1 : Math.max(member.lastSeen - writeSet.parallelRange(), -1);
            if (member.totalOrder || unsafe) {
                member.depends = seqno - 1;
            } else if ((flags & TransactionFlags.IMPLICIT_DEPS) != 0) {
                member.depends = member.lastSeen;
            }
        }
        member.failed = !passes(member, writeSet.version(), unsafe);
        members.put(seqno, member);
        if (!preload) {
            pending.add(member.lastSeen);
        }
        return new Outcome(!member.failed, member.depends);
    }

    private boolean passes(Member member, int writeSetVersion, boolean unsafe) {
        if (writeSetVersion > version
                || !member.preloaded && (member.lastSeen < initial || member.seqno - member.lastSeen > 16384)) {
            return false;
        }
        member.depends = members.isEmpty() ? member.seqno - 1 : Math.max(member.depends, members.firstKey() - 1);
        boolean conflict = !member.totalOrder && conflicts(member);
        member.depends = Math.max(member.depends, lastParallelUnsafe);
        if (conflict) {
            return false;
        }
        for (int i = 0; i < member.parts.size(); i++) {
            index.computeIfAbsent(member.parts.get(i), part -> new Member[4])[member.types.get(i)] = member;
        }
        if (unsafe) {
            lastParallelUnsafe = member.seqno;
        }
        if (member.totalOrder) {
            member.depends = member.seqno - 1;
        }
        return true;
    }

    private boolean conflicts(Member member) {
        for (int i = 0; i < member.parts.size(); i++) {
            Member[] slots = index.get(member.parts.get(i));
            int type = member.types.get(i);
            for (int slot = 3; slots != null && slot >= (type >= 2 ? 0 : 2); slot--) {
                char rule = RULES.charAt(slot * 4 + type);
                Member other = slots[slot];
                if (other == null || rule == 'N') {
                    continue;
                }
                member.depends = Math.max(member.depends, other.seqno);
                if (rule == 'C'
                        && other.seqno > member.lastSeen
                        && !member.preloaded
                        && (other.totalOrder || !other.source.equals(member.source))) {
                    return true;
                }
            }
        }
        return false;
    }

    void skip(long seqno) {
        Member member = new Member();
        member.failed = true;
        members.put(seqno, member);
    }

    void view(long seqno) {
        lastParallelUnsafe = seqno;
    }

    void left(long seqno) {
        Member member = members.get(seqno);
        if (pending.size() == 1) {
            safe = member.lastSeen;
        }
        pending.remove(member.lastSeen);
    }

    void cut(long seqno) {
        long upTo = Math.min(
                seqno,
                pending.isEmpty()
                        ? safe
                        : pending.stream().mapToLong(Long::longValue).min().getAsLong() - 1);
        while (!members.isEmpty() && members.firstKey() <= upTo) {
            Member member = members.pollFirstEntry().getValue();
            for (int i = 0; i < member.parts.size() && !member.failed; i++) {
                Member[] slots = index.get(member.parts.get(i));
                if (slots != null && slots[member.types.get(i)] == member) {
                    slots[member.types.get(i)] = null;
                    if (slots[0] == null && slots[1] == null && slots[2] == null && slots[3] == null) {
                        index.remove(member.parts.get(i));
                    }
                }
            }
        }
    }

    int size() {
        return index.size();
    }
}
