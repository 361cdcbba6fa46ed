/**
 * Reads option values as Galera writes them: ISO 8601 durations, decimal numbers, hexadecimal masks, booleans (docs/spec/options-status.md 3).
 *
 * <p>Entry class: {@link io.wsrep4j.gcomm.options.OptionReader}. Nothing here knows what an option means.
 */
package io.wsrep4j.gcomm.options;
