/**
 * The bytes of the group layer: one class a message or action, each with a constant for every field's offset and a {@code describe} for
 * humans (docs/spec/gcs.md 3 to 5, 9, 10 and 21).
 *
 * <p>Decoding never trusts a length: what cannot be read is a {@link io.wsrep4j.gcomm.group.message.MalformedMessageException}, which says what is
 * wrong, and nothing else is ever thrown. This package must never know the state of the group.
 */
package io.wsrep4j.gcomm.group.message;
