package io.wsrep4j.provider.transfer;

import io.wsrep4j.gcomm.group.message.ConfigurationChange;

/** Takes over what a configuration of the past agreed on. */
@FunctionalInterface
public interface ProtocolAgreement {

    /** Protocol versions, certification and member addresses become those of this change. Called while nothing is certified. */
    void agreeFromHistory(ConfigurationChange change);
}
