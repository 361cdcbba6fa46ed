/* Node isolation, asked for by the host from its crash handler (docs/spec/wsrep-api-v26.md 1.4). */
#ifndef WSREP4J_ISOLATION_H
#define WSREP4J_ISOLATION_H

#include <stdint.h>

/*
 * Waits until another mode is asked for, and returns it. For one Java thread; since it has nothing else to do, it also trims the C library's
 * heap after the start, which is 15 MiB that the JVM's compilers used and freed.
 */
uint32_t w4j_isolation_await(void);

/* The node is in its group for the first time: the start is over. */
void w4j_isolation_started(void);

#endif
