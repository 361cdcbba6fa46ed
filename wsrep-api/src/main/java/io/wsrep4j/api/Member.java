package io.wsrep4j.api;

import java.util.Objects;

/**
 * A member of a view (docs/spec/wsrep-api-v26.md 3.3). Immutable.
 *
 * @param id unique over time: a process that leaves and returns has a new one
 * @param name as configured on that node; a native host sees at most 31 bytes of it
 * @param incomingAddress where that node takes clients; a native host sees at most 255 bytes of it
 */
public record Member(Uuid id, String name, String incomingAddress) {

    public Member {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(incomingAddress, "incomingAddress");
    }
}
