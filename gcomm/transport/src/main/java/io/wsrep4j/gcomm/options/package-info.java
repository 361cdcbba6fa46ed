/**
 * Addresses of clusters, with the options in their query (docs/spec/gcomm-transport-pc.md 16).
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.options.ClusterAddress}. It must not know any option by name.
 */
package io.wsrep4j.gcomm.options;
