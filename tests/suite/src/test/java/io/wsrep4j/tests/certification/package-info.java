/**
 * Our certification beside the real library's: two libgalera nodes in this process form a group, and what they decided about each write set
 * is decided anew here from the bytes seen between them. It must never take a node's word for what is on the wire.
 */
package io.wsrep4j.tests.certification;
