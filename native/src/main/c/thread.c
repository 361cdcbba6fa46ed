#include "thread.h"

#include "log.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Thread_local JNIEnv *own_env;
static _Thread_local uintptr_t stack_floor;
static _Thread_local bool first_thread;

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t detach_key;
static bool have_key;

static void detach(void *vm)
{
    own_env = NULL;
    (*(JavaVM *) vm)->DetachCurrentThread((JavaVM *) vm);
}

static void create_key(void)
{
    have_key = pthread_key_create(&detach_key, detach) == 0;
}

static void measure_stack(void)
{
    pthread_attr_t attributes;
    void *lowest = NULL;
    size_t size = 0;
    size_t guard = 0;
    first_thread = syscall(SYS_gettid) == getpid();
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
        stack_floor = (uintptr_t) __builtin_frame_address(0);
        return;
    }
    pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_getguardsize(&attributes, &guard);
    pthread_attr_destroy(&attributes);
    stack_floor = (uintptr_t) lowest + guard;
}

size_t w4j_thread_stack_left(void)
{
    if (stack_floor == 0) {
        measure_stack();
    }
    uintptr_t here = (uintptr_t) __builtin_frame_address(0);
    return here > stack_floor ? here - stack_floor : 0;
}

bool w4j_thread_may_enter_java(void)
{
    return w4j_thread_stack_left() >= W4J_STACK_FOR_JAVA && !first_thread;
}

static bool detach_at_end(JavaVM *vm)
{
    pthread_once(&key_once, create_key);
    return have_key && pthread_setspecific(detach_key, vm) == 0;
}

void w4j_thread_created_jvm(JNIEnv *env, JavaVM *vm)
{
    own_env = env;
    detach_at_end(vm);
}

JNIEnv *w4j_thread_env(JavaVM *vm)
{
    if (own_env != NULL) {
        return own_env;
    }
    JNIEnv *env = NULL;
    if ((*vm)->GetEnv(vm, (void **) &env, JNI_VERSION_10) == JNI_OK) {
        return env; /* a thread of Java's own, or attached by somebody else: not ours to detach, and perhaps detached behind our back */
    }
    jint result = (*vm)->AttachCurrentThreadAsDaemon(vm, (void **) &env, NULL);
    if (result != JNI_OK || env == NULL) {
        w4j_log(WSREP_LOG_ERROR, "the JVM refuses to attach a thread of the host: result %d with %zu bytes of stack left", (int) result,
                w4j_thread_stack_left());
        return NULL;
    }
    own_env = env;
    if (!detach_at_end(vm)) {
        w4j_log(WSREP_LOG_WARN, "no thread-specific key is left: a thread of the host stays attached to the JVM after its end");
    }
    return env;
}
