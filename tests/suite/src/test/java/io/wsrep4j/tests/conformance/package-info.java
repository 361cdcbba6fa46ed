/**
 * The checklist of docs/spec/wsrep-api-v26.md 8 as tests over the types of wsrep-api, run against our provider and against the reference
 * library. A test's tags are the lines it stands for; where ours must differ, it says why. What needs more than one node, or a shim host in C, is
 * listed in {@link io.wsrep4j.tests.conformance.ProviderKind}.
 */
package io.wsrep4j.tests.conformance;
