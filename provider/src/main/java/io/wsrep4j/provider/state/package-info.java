/**
 * What a provider remembers from one start to the next: {@link io.wsrep4j.provider.state.SavedState}, the file grastate.dat
 * (docs/spec/replicator-state-transfer.md 24.1). This package must never decide what the position is; it keeps what it is told.
 */
package io.wsrep4j.provider.state;
