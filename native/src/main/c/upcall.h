/* A call of the provider's Java object, on this thread or, when it is low on stack, on a helper. */
#ifndef WSREP4J_UPCALL_H
#define WSREP4J_UPCALL_H

#include "java_side.h"
#include "provider.h"

/* Stack rescue moves the call to another thread: never for calls inside of which the host's callbacks need the calling thread. */
enum w4j_where { W4J_ANY_THREAD, W4J_THIS_THREAD };

/* An argument of an upcall: a slot stands for its Java companion, made on first use. */
struct w4j_argument {
    struct w4j_slot *slot;
    jvalue value;
};

#define W4J_SLOT(s) ((struct w4j_argument){.slot = (s)})
#define W4J_LONG(v) ((struct w4j_argument){.value.j = (jlong) (v)})
#define W4J_POINTER(p) ((struct w4j_argument){.value.j = (jlong) (uintptr_t) (p)})
#define W4J_INT(v) ((struct w4j_argument){.value.i = (jint) (v)})
#define W4J_BOOL(v) ((struct w4j_argument){.value.z = (v) ? JNI_TRUE : JNI_FALSE})

enum { W4J_MAX_ARGUMENTS = 8 };

/* What Java answered; WSREP_NODE_FAIL, after a log line, if it could not be entered or answered nothing that carries the mark. */
enum wsrep_status w4j_upcall(struct w4j_provider *provider, enum w4j_method method, enum w4j_where where,
                             const struct w4j_argument arguments[W4J_MAX_ARGUMENTS]);

#define w4j_call(provider, method, where, ...) \
    w4j_upcall((provider), (method), (where), (const struct w4j_argument[W4J_MAX_ARGUMENTS]){__VA_ARGS__})

/* Makes the Java object of a provider. False on failure; the reason is logged. */
bool w4j_upcall_create(struct w4j_provider *provider);

/* Runs the work on this thread if it may enter Java, else on a helper. False if it did not run. */
bool w4j_upcall_run(void (*work)(void *), void *argument, enum w4j_where where);

#endif
