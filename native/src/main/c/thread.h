/* What the shim knows about the calling thread: its stack, and its attachment to the JVM. */
#ifndef WSREP4J_THREAD_H
#define WSREP4J_THREAD_H

#include <jni.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * An upcall of a trivial method needs 98 KiB of free stack (docs/spec/jvm-in-host.md 1: HotSpot wants its guard and shadow pages below every entry
 * from native code); the rest is for Java's own frames. Host threads have 296 KiB, of which plain SQL uses 20.
 */
enum { W4J_STACK_FOR_JAVA = 176 * 1024, W4J_HELPER_STACK = 1024 * 1024 };

/* Bytes of stack left to the calling thread. */
size_t w4j_thread_stack_left(void);

/*
 * True if the calling thread may enter Java on its own stack: enough of it is left, and it is not the process's first thread, into the middle
 * of whose stack HotSpot would put guard pages.
 */
bool w4j_thread_may_enter_java(void);

/* Attaches the calling thread as a daemon, once; it is detached when it ends. NULL if the JVM refuses; the reason is then logged. */
JNIEnv *w4j_thread_env(JavaVM *vm);

/* Tells that JNI_CreateJavaVM has attached the calling thread. */
void w4j_thread_created_jvm(JNIEnv *env, JavaVM *vm);

#endif
