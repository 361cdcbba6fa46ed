/* What Java calls, through JNA's direct mapping: the host's callbacks and a few services of the C library. */
#ifndef WSREP4J_TRAMPOLINES_H
#define WSREP4J_TRAMPOLINES_H

struct w4j_trampoline {
    const char *name;
    void *address;
};

/* Ends with a NULL name. The library exports none of them: Java is given their addresses. */
extern const struct w4j_trampoline w4j_trampolines[];

#endif
