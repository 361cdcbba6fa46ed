package io.wsrep4j.gcomm.paxos;

import java.util.SortedMap;
import java.util.TreeMap;

/** What has been counted (docs/spec/paxos.md 23). */
final class PaxosStatistics {

    long fastRounds;
    long fullRounds;
    long nacks;
    long goneSent;
    long violations;
    long malformed;
    long readIndexRounds;
    long expelled;
    long suspicions;
    long rejoins;

    void decided(boolean fast) {
        if (fast) {
            fastRounds++;
        } else {
            fullRounds++;
        }
    }

    SortedMap<String, String> of(PaxosMachine machine) {
        SortedMap<String, String> all = new TreeMap<>();
        all.put("paxos_state", machine.membership.state().name());
        all.put("paxos_epoch", String.valueOf(machine.epoch));
        all.put("paxos_executed", String.valueOf(machine.executed()));
        all.put("paxos_max_slot", String.valueOf(machine.maxSlot));
        all.put("paxos_backlog", String.valueOf(Math.max(0, machine.maxSlot + 1 - machine.executed())));
        all.put("paxos_view", String.valueOf(machine.executor.views()));
        if (!machine.slots.isEmpty()) {
            all.put("paxos_configuration", String.valueOf(machine.slots.newest().number()));
            all.put("paxos_mode", machine.slots.newest().mode().name().toLowerCase(java.util.Locale.ROOT));
            all.put("paxos_lanes", machine.slots.newest().lanes().toString());
            all.put("cluster_weight", String.valueOf(machine.slots.newest().totalWeight()));
            all.put("paxos_silent", machine.detector.silent().toString());
        }
        all.put("paxos_decided_own", String.valueOf(fastRounds + fullRounds));
        all.put("paxos_fast_rounds", String.valueOf(fastRounds));
        all.put("paxos_full_rounds", String.valueOf(fullRounds));
        all.put("paxos_skipped", String.valueOf(machine.skipper.skipped()));
        all.put("paxos_revoked", String.valueOf(machine.takeovers.begun()));
        all.put("paxos_ballot_max", String.valueOf(machine.takeovers.highestCount()));
        all.put("paxos_nacks", String.valueOf(nacks));
        all.put("paxos_repropose_items", String.valueOf(machine.queue.repeated()));
        all.put("paxos_frames_sent", String.valueOf(machine.out.framesSent()));
        all.put("paxos_cache_bytes", String.valueOf(machine.log.bytes()));
        all.put("paxos_cache_slots", String.valueOf(machine.log.size()));
        all.put("paxos_cache_low", String.valueOf(machine.log.low()));
        all.put("paxos_gone_sent", String.valueOf(goneSent));
        all.put("paxos_suspicions", String.valueOf(suspicions));
        all.put("paxos_expelled", String.valueOf(expelled));
        all.put("paxos_rejoins", String.valueOf(rejoins));
        all.put("paxos_read_index", String.valueOf(readIndexRounds));
        all.put("paxos_violations", String.valueOf(violations));
        return all;
    }
}
