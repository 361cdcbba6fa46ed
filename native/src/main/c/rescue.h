/* Runs a piece of work on a thread of our own that has stack enough, while the caller waits. */
#ifndef WSREP4J_RESCUE_H
#define WSREP4J_RESCUE_H

#include <stdbool.h>

/* False if no thread could be had; then nothing ran and the reason is logged. */
bool w4j_rescue_run(void (*work)(void *), void *argument);

#endif
