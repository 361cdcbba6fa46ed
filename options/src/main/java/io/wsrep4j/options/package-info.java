/**
 * What an option is, and the one grammar of each of its formats (docs/spec/options-status.md 2 to 6).
 *
 * <p>Every layer exports an {@link io.wsrep4j.options.OptionList}; an {@link io.wsrep4j.options.OptionCatalog} puts lists together, and {@link
 * io.wsrep4j.options.OptionValues} holds what somebody has set. This package knows no option by name and acts on none.
 */
package io.wsrep4j.options;
