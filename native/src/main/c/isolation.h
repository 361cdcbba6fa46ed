/* Node isolation, asked for by the host from its crash handler (sheet wsrep-api-v26, 1.4). */
#ifndef WSREP4J_ISOLATION_H
#define WSREP4J_ISOLATION_H

#include <stdint.h>

/* Waits until a mode is asked for, and returns it. For one Java thread. */
uint32_t w4j_isolation_await(void);

#endif
