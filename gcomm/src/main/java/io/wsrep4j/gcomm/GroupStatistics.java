package io.wsrep4j.gcomm;

import java.util.SortedMap;

/** Figures of a {@link GroupChannel}. Thread-safe. */
public interface GroupStatistics {

    /** The backend's status variables by name, without the host's prefix: evs_state, gcomm_uuid and so on (docs/spec/options-status.md 10.2). */
    SortedMap<String, String> status();

    /** Begins averages anew, as FLUSH STATUS asks. */
    void reset();
}
