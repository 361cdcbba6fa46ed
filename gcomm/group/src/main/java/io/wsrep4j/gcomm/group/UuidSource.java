package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Uuid;

/** Makes new identifiers, each different from all others anywhere. */
@FunctionalInterface
public interface UuidSource {
    Uuid next();
}
