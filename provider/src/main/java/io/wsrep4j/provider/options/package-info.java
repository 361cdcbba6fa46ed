/**
 * The provider's options: the lists of all layers together, and what the host has set (docs/spec/options-status.md 2 to 8).
 *
 * <p>Entry class: {@link io.wsrep4j.provider.options.ProviderOptions}, one per provider; every option is in the list
 * of its layer, an {@link io.wsrep4j.options.OptionList}. This package reads and checks texts. It must never act on an option: owners read their
 * values from here.
 */
package io.wsrep4j.provider.options;
