/**
 * The group's configuration as hosts see it (docs/spec/wsrep-api-v26.md 3.4): {@link io.wsrep4j.provider.view.ClusterViews}. This package must never
 * remember one: it translates.
 */
package io.wsrep4j.provider.view;
