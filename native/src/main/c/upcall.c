#include "upcall.h"

#include "jvm.h"
#include "log.h"
#include "rescue.h"
#include "thread.h"

#include <stdio.h>

struct call {
    struct w4j_provider *provider;
    enum w4j_method method;
    const struct w4j_argument *arguments;
    jint answer;
};

bool w4j_upcall_run(void (*work)(void *), void *argument, enum w4j_where where)
{
    if (where == W4J_THIS_THREAD || w4j_thread_may_enter_java()) {
        work(argument);
        return true;
    }
    return w4j_rescue_run(work, argument);
}

static jobject companion(JNIEnv *env, struct w4j_slot *slot)
{
    if (slot->java == NULL) {
        jmethodID method = slot->kind == W4J_TRANSACTION ? w4j_java_side.transaction : w4j_java_side.applier;
        jobject made = (*env)->CallStaticObjectMethod(env, w4j_java_side.bridge, method, (jlong) (intptr_t) slot);
        if (made != NULL && !(*env)->ExceptionCheck(env)) {
            slot->java = (*env)->NewGlobalRef(env, made);
        }
        (*env)->DeleteLocalRef(env, made);
    }
    return slot->java;
}

static void enter_java(void *argument)
{
    struct call *call = argument;
    JNIEnv *env = w4j_jvm_env();
    if (env == NULL) {
        return;
    }
    jvalue values[W4J_MAX_ARGUMENTS];
    for (int i = 0; i < W4J_MAX_ARGUMENTS; i++) {
        values[i] = call->arguments[i].value;
        if (call->arguments[i].slot != NULL) {
            values[i].l = companion(env, call->arguments[i].slot);
            if (values[i].l == NULL) {
                w4j_jvm_log_exception(env, "cannot make a transaction's object in Java");
                return;
            }
        }
    }
    call->answer = (*env)->CallIntMethodA(env, call->provider->java, w4j_java_side.methods[call->method], values);
    if (w4j_jvm_log_exception(env, w4j_java_side_name(call->method))) {
        call->answer = 0;
    }
}

enum wsrep_status w4j_upcall(struct w4j_provider *provider, enum w4j_method method, enum w4j_where where,
                             const struct w4j_argument arguments[W4J_MAX_ARGUMENTS])
{
    struct call call = {.provider = provider, .method = method, .arguments = arguments};
    bool ran = w4j_upcall_run(enter_java, &call, where);
    if (!ran || (call.answer & W4J_MARK) == 0) {
        char line[160];
        snprintf(line, sizeof(line), "%s could not be done in Java with %zu bytes of stack left on the host's thread; answering NODE_FAIL",
                 w4j_java_side_name(method), w4j_thread_stack_left());
        w4j_log_to(provider->arguments.logger_cb, WSREP_LOG_ERROR, line);
        return WSREP_NODE_FAIL;
    }
    return (enum wsrep_status) (call.answer & (W4J_MARK - 1));
}

static void create(void *argument)
{
    struct w4j_provider *provider = argument;
    JNIEnv *env = w4j_jvm_env();
    if (env == NULL) {
        return;
    }
    jobject made = (*env)->CallStaticObjectMethod(env, w4j_java_side.bridge, w4j_java_side.create, (jlong) (intptr_t) provider);
    if (!w4j_jvm_log_exception(env, "cannot make the provider") && made != NULL) {
        provider->java = (*env)->NewGlobalRef(env, made);
    }
    (*env)->DeleteLocalRef(env, made);
}

bool w4j_upcall_create(struct w4j_provider *provider)
{
    return w4j_upcall_run(create, provider, W4J_ANY_THREAD) && provider->java != NULL;
}
