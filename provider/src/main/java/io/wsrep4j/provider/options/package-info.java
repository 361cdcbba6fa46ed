/**
 * The provider's options: names, defaults, formats, ranges, and what may change at run time (docs/spec/options-status.md 2 to 8).
 *
 * <p>Entry class: {@link io.wsrep4j.provider.options.ProviderOptions}, one per provider; every option is a line in {@link
 * io.wsrep4j.provider.options.OptionCatalog}. This package reads and checks texts. It must never act on an option: owners read their
 * values from here.
 */
package io.wsrep4j.provider.options;
