/* One loaded provider: what hangs on wsrep_t.ctx between init and the first free. */
#ifndef WSREP4J_PROVIDER_H
#define WSREP4J_PROVIDER_H

#include "slot.h"

/*
 * Its memory and its Java shell stay for the life of the process: a host's thread may still be inside a call when free comes (docs/spec/wsrep-api-v26.md
 * 2.3), and must then meet a shell that answers "closed", not freed memory.
 */
struct w4j_provider {
    struct wsrep_init_args arguments; /* only the callbacks and app_ctx outlive init */
    jobject java;                     /* BridgedProvider, a global reference */
    uint32_t capabilities;
    struct w4j_slots slots;
};

/* The provider behind a host's handle; NULL before init, after free, and for a NULL handle. */
static inline struct w4j_provider *w4j_provider_of(const struct wsrep_st *wsrep)
{
    return wsrep != NULL ? wsrep->ctx : NULL;
}

#endif
