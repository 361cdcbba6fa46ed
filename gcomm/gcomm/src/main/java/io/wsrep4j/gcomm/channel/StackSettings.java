package io.wsrep4j.gcomm.channel;

import io.netty.buffer.ByteBufAllocator;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.pc.PcSettings;
import java.util.random.RandomGenerator;

/** What the cores of a node are told at start, beside GMCast's settings. */
record StackSettings(EvsSettings evs, PcSettings pc, RandomGenerator random, ByteBufAllocator allocator) {}
