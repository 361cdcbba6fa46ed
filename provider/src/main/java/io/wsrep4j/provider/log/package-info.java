/**
 * The host's log: {@link io.wsrep4j.provider.log.NodeLog}. One per provider, so that two providers in one process write to their own hosts.
 */
package io.wsrep4j.provider.log;
