#include "java_side.h"

#include "jvm.h"
#include "log.h"
#include "trampolines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct w4j_java_side w4j_java_side;

static const struct {
    const char *name;
    const char *signature;
} methods[W4J_METHOD_COUNT] = {
#define W4J_ROW(id, text, types) {text, types},
    W4J_METHODS(W4J_ROW)
#undef W4J_ROW
};

const char *w4j_java_side_name(enum w4j_method method)
{
    return methods[method].name;
}

/* new URLClassLoader({file:<jar>, ...}, system class loader) */
static jobject loader_of_jars(JNIEnv *env, const char *class_path)
{
    int count = 1;
    for (const char *c = class_path; *c != '\0'; c++) {
        count += *c == ':';
    }
    jclass url = (*env)->FindClass(env, "java/net/URL");
    jclass loader = (*env)->FindClass(env, "java/net/URLClassLoader");
    if (url == NULL || loader == NULL) {
        return NULL;
    }
    jmethodID new_url = (*env)->GetMethodID(env, url, "<init>", "(Ljava/lang/String;)V");
    jmethodID new_loader = (*env)->GetMethodID(env, loader, "<init>", "([Ljava/net/URL;)V");
    jobjectArray urls = new_url != NULL && new_loader != NULL ? (*env)->NewObjectArray(env, count, url, NULL) : NULL;
    char *paths = strdup(class_path);
    char *rest = NULL;
    int index = 0;
    for (char *path = paths != NULL && urls != NULL ? strtok_r(paths, ":", &rest) : NULL; path != NULL; path = strtok_r(NULL, ":", &rest)) {
        char text[PATH_MAX + 8];
        snprintf(text, sizeof(text), "file:%s", path);
        jstring string = (*env)->NewStringUTF(env, text);
        jobject element = string != NULL ? (*env)->NewObject(env, url, new_url, string) : NULL;
        if (element == NULL) {
            break;
        }
        (*env)->SetObjectArrayElement(env, urls, index++, element);
        (*env)->DeleteLocalRef(env, element);
        (*env)->DeleteLocalRef(env, string);
    }
    free(paths);
    return index == count ? (*env)->NewObject(env, loader, new_loader, urls) : NULL;
}

static jclass load_from_jars(JNIEnv *env, const struct w4j_location *location)
{
    char *class_path = w4j_location_class_path(location);
    jobject loader = class_path != NULL ? loader_of_jars(env, class_path) : NULL;
    free(class_path);
    jclass type = loader != NULL ? (*env)->GetObjectClass(env, loader) : NULL;
    jmethodID load = type != NULL ? (*env)->GetMethodID(env, type, "loadClass", "(Ljava/lang/String;)Ljava/lang/Class;") : NULL;
    jstring name = load != NULL ? (*env)->NewStringUTF(env, "io.wsrep4j.jna.Bridge") : NULL;
    return name != NULL ? (jclass) (*env)->CallObjectMethod(env, loader, load, name) : NULL;
}

/* The class of the object that a static method without arguments returns: BridgedProvider's, from the same loader as Bridge's. */
static jclass provider_class(JNIEnv *env)
{
    jmethodID method = (*env)->GetStaticMethodID(env, w4j_java_side.bridge, "providerClass", "()Ljava/lang/Class;");
    return method != NULL ? (jclass) (*env)->CallStaticObjectMethod(env, w4j_java_side.bridge, method) : NULL;
}

static bool find_methods(JNIEnv *env)
{
    struct w4j_java_side *side = &w4j_java_side;
    side->create = (*env)->GetStaticMethodID(env, side->bridge, "create", "(J)Lio/wsrep4j/jna/BridgedProvider;");
    side->transaction = side->create == NULL ? NULL
        : (*env)->GetStaticMethodID(env, side->bridge, "transactionSlot", "(J)Lio/wsrep4j/jna/TransactionSlot;");
    side->applier = side->transaction == NULL ? NULL
        : (*env)->GetStaticMethodID(env, side->bridge, "applierSlot", "(J)Lio/wsrep4j/jna/ApplierSlot;");
    jclass type = side->applier != NULL ? provider_class(env) : NULL;
    for (int i = 0; type != NULL && i < W4J_METHOD_COUNT; i++) {
        side->methods[i] = (*env)->GetMethodID(env, type, methods[i].name, methods[i].signature);
        if (side->methods[i] == NULL) {
            return false;
        }
    }
    return type != NULL;
}

/* Bridge.boot(trampolines, own JVM) */
static bool boot(JNIEnv *env, bool own_jvm)
{
    jmethodID method = (*env)->GetStaticMethodID(env, w4j_java_side.bridge, "boot", "(JZ)V");
    if (method != NULL) {
        (*env)->CallStaticVoidMethod(env, w4j_java_side.bridge, method, (jlong) (intptr_t) w4j_trampolines, (jboolean) own_jvm);
    }
    return method != NULL && !(*env)->ExceptionCheck(env);
}

bool w4j_java_side_load(JNIEnv *env, const struct w4j_location *location, bool own_jvm)
{
    jclass bridge = (*env)->FindClass(env, "io/wsrep4j/jna/Bridge");
    if (bridge == NULL && !own_jvm) {
        (*env)->ExceptionClear(env);
        bridge = load_from_jars(env, location);
    }
    if (bridge == NULL) {
        w4j_jvm_log_exception(env, "cannot load the Java side of wsrep4j");
        w4j_log(WSREP_LOG_ERROR, "looked for the class io.wsrep4j.jna.Bridge in the jars of %s", location->jars);
        return false;
    }
    w4j_java_side.bridge = (jclass) (*env)->NewGlobalRef(env, bridge);
    (*env)->DeleteLocalRef(env, bridge);
    if (w4j_java_side.bridge == NULL || !find_methods(env) || !boot(env, own_jvm)) {
        w4j_jvm_log_exception(env, "the Java side of wsrep4j does not start");
        w4j_log(WSREP_LOG_ERROR, "the jars of wsrep4j are in %s: are they all there, and all of one version?", location->jars);
        return false;
    }
    return true;
}
