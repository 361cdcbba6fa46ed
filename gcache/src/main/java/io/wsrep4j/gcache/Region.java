package io.wsrep4j.gcache;

import java.nio.ByteBuffer;

/**
 * A piece of mapped memory in which records lie: a slab of the ring, or a page.
 *
 * @param address where it begins
 * @param buffer the same bytes, little-endian; shared, so nobody moves its position or limit: views are duplicates
 */
record Region(long address, ByteBuffer buffer) {}
