/* The one JVM of this process. */
#ifndef WSREP4J_JVM_H
#define WSREP4J_JVM_H

#include <jni.h>
#include <stdbool.h>

/*
 * Finds the JVM that runs already, or creates one, and loads the Java side of the bridge; once per process. Takes "java.home" from the
 * provider options if libwsrep4j.conf has none. False if that fails; the reason is logged. Must run on a thread that may enter Java.
 */
bool w4j_jvm_ensure(const char *option_home);

/* NULL before w4j_jvm_ensure. */
JavaVM *w4j_jvm(void);

/* Attaches the calling thread and returns its environment; NULL if there is no JVM or it refuses. */
JNIEnv *w4j_jvm_env(void);

/* Logs and clears the exception that is pending, with its causes; does nothing without one. True if there was one. */
bool w4j_jvm_log_exception(JNIEnv *env, const char *during);

/* False if somebody else has taken the SIGSEGV handler since the JVM was created: implicit null checks in Java would kill the process. */
bool w4j_jvm_owns_signals(void);

#endif
