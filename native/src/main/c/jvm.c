#include "jvm.h"

#include "archive.h"
#include "discovery.h"
#include "java_side.h"
#include "location.h"
#include "log.h"
#include "options.h"
#include "thread.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef jint (*created_vms)(JavaVM **, jsize, jsize *);
typedef jint (*create_vm)(JavaVM **, void **, void *);

static pthread_mutex_t creation_lock = PTHREAD_MUTEX_INITIALIZER;
static JavaVM *_Atomic process_vm;
static bool ready;
static bool created_here;
static struct sigaction segv_of_jvm;

JavaVM *w4j_jvm(void)
{
    return process_vm;
}

JNIEnv *w4j_jvm_env(void)
{
    JavaVM *vm = process_vm;
    return vm != NULL ? w4j_thread_env(vm) : NULL;
}

static void log_throwable(JNIEnv *env, jthrowable throwable, const char *during)
{
    jclass type = (*env)->FindClass(env, "java/lang/Throwable");
    jmethodID text = type != NULL ? (*env)->GetMethodID(env, type, "toString", "()Ljava/lang/String;") : NULL;
    jstring string = text != NULL ? (*env)->CallObjectMethod(env, throwable, text) : NULL;
    const char *chars = string != NULL && !(*env)->ExceptionCheck(env) ? (*env)->GetStringUTFChars(env, string, NULL) : NULL;
    w4j_log(WSREP_LOG_ERROR, "%s: %s", during, chars != NULL ? chars : "a Java exception that cannot be described");
    if (chars != NULL) {
        (*env)->ReleaseStringUTFChars(env, string, chars);
    }
    (*env)->ExceptionClear(env);
    (*env)->DeleteLocalRef(env, string);
    (*env)->DeleteLocalRef(env, type);
}

bool w4j_jvm_log_exception(JNIEnv *env, const char *during)
{
    jthrowable throwable = (*env)->ExceptionOccurred(env);
    if (throwable == NULL) {
        return false;
    }
    (*env)->ExceptionClear(env);
    for (int depth = 0; throwable != NULL && depth < 8; depth++) {
        log_throwable(env, throwable, depth == 0 ? during : "caused by");
        jclass type = (*env)->FindClass(env, "java/lang/Throwable");
        jmethodID cause = type != NULL ? (*env)->GetMethodID(env, type, "getCause", "()Ljava/lang/Throwable;") : NULL;
        jthrowable next = cause != NULL ? (*env)->CallObjectMethod(env, throwable, cause) : NULL;
        (*env)->ExceptionClear(env);
        (*env)->DeleteLocalRef(env, type);
        (*env)->DeleteLocalRef(env, throwable);
        throwable = next;
    }
    (*env)->ExceptionClear(env);
    return true;
}

bool w4j_jvm_owns_signals(void)
{
    struct sigaction now;
    return !created_here || sigaction(SIGSEGV, NULL, &now) != 0 || now.sa_sigaction == segv_of_jvm.sa_sigaction;
}

static int find_loaded_libjvm(struct dl_phdr_info *info, size_t size, void *result)
{
    (void) size;
    const char *slash = info->dlpi_name != NULL ? strrchr(info->dlpi_name, '/') : NULL;
    if (slash == NULL || strcmp(slash, "/libjvm.so") != 0) {
        return 0;
    }
    *(char **) result = strdup(info->dlpi_name);
    return 1;
}

/* HotSpot allows one JVM in a process: in a Java host, or beside another library with a JVM, we live in theirs. */
static JavaVM *existing_vm(void)
{
    char *path = NULL;
    if (dl_iterate_phdr(find_loaded_libjvm, &path) == 0 || path == NULL) {
        return NULL;
    }
    JavaVM *vm = NULL;
    jsize count = 0;
    void *library = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
    created_vms created = library != NULL ? (created_vms) dlsym(library, "JNI_GetCreatedJavaVMs") : NULL;
    if (created == NULL || created(&vm, 1, &count) != JNI_OK || count == 0) {
        vm = NULL;
    }
    free(path);
    return vm;
}

static void on_exit_of_jvm(jint code)
{
    w4j_log(WSREP_LOG_FATAL, "Java ends this process with code %d: System.exit was called, or the JVM cannot go on", (int) code);
}

static void on_abort_of_jvm(void)
{
    w4j_log(WSREP_LOG_FATAL, "the JVM aborts this process");
}

/* What a provider cannot do without, whatever the operator's options say: it comes last, and the last one wins. */
static bool add_mandatory(struct w4j_options *options, const struct w4j_location *location, const char *class_path, int version)
{
    bool added = w4j_options_add(options, "-Xrs") && w4j_options_add(options, "-Djava.class.path=%s", class_path)
        && w4j_options_add(options, "-Djava.library.path=%s", location->jars)
        && w4j_options_add(options, "-Djna.boot.library.path=%s", location->jars)
        && w4j_options_add(options, "-Djna.platform.library.path=%s", location->jars) /* else JNA runs ldconfig as a child of the server */
        && w4j_options_add(options, "-Djna.nosys=true")
        && w4j_options_add(options, "-Djna.nounpack=true") && w4j_options_add(options, "-Dslf4j.provider=io.wsrep4j.jna.HostLoggingProvider")
        && w4j_options_add(options, "-Dslf4j.internal.verbosity=WARN");
    if (added && version >= 22) {
        added = w4j_options_add(options, "--enable-native-access=ALL-UNNAMED");
    }
    if (added && version >= 23) {
        added = w4j_options_add(options, "--sun-misc-unsafe-memory-access=allow");
    }
    return added;
}

static JavaVM *call_create(create_vm create, const struct w4j_options *options, const struct w4j_java *java)
{
    JavaVMOption *vm_options = calloc(options->count + 3, sizeof(*vm_options));
    if (vm_options == NULL) {
        w4j_log(WSREP_LOG_ERROR, "no memory for the JVM's options");
        return NULL;
    }
    jint count = 0;
    vm_options[count++] = (JavaVMOption){.optionString = "vfprintf", .extraInfo = (void *) w4j_log_jvm_message};
    vm_options[count++] = (JavaVMOption){.optionString = "exit", .extraInfo = (void *) on_exit_of_jvm};
    vm_options[count++] = (JavaVMOption){.optionString = "abort", .extraInfo = (void *) on_abort_of_jvm};
    for (size_t i = 0; i < options->count; i++) {
        vm_options[count++].optionString = options->texts[i];
    }
    JavaVMInitArgs arguments = {.version = JNI_VERSION_10, .nOptions = count, .options = vm_options, .ignoreUnrecognized = JNI_FALSE};
    JavaVM *vm = NULL;
    JNIEnv *env = NULL;
    jint result = create(&vm, (void **) &env, &arguments);
    free(vm_options);
    if (result != JNI_OK) {
        w4j_log(WSREP_LOG_ERROR, "the JVM in %s refuses to start (result %d); the lines above from 'JVM:' say why. Its options come from "
                "lib/jvm.options, libwsrep4j.conf and " W4J_OPTIONS_VARIABLE ":", java->libjvm, (int) result);
        for (size_t i = 0; i < options->count; i++) {
            w4j_log(WSREP_LOG_ERROR, "  %s", options->texts[i]);
        }
        return NULL;
    }
    w4j_thread_created_jvm(env, vm);
    created_here = true;
    sigaction(SIGSEGV, NULL, &segv_of_jvm);
    w4j_log(WSREP_LOG_INFO, "started the JVM of %s (Java %d)", java->home, java->version);
    return vm;
}

static JavaVM *create_with(struct w4j_options *options, const struct w4j_location *location, const char *option_home)
{
    struct w4j_java java;
    char *class_path = w4j_location_class_path(location);
    if (class_path == NULL || !w4j_options_read(options, location)
        || !w4j_discovery_find(&java, options->java_home, location->configuration, option_home)) {
        free(class_path);
        return NULL;
    }
    bool added = w4j_archive_add(options, location, &java, class_path) && add_mandatory(options, location, class_path, java.version);
    free(class_path);
    void *library = added ? dlopen(java.libjvm, RTLD_NOW | RTLD_LOCAL) : NULL;
    create_vm create = library != NULL ? (create_vm) dlsym(library, "JNI_CreateJavaVM") : NULL;
    if (create == NULL) {
        w4j_log(WSREP_LOG_ERROR, "cannot load %s: %s", java.libjvm, added ? dlerror() : "no memory");
        return NULL;
    }
    return call_create(create, options, &java);
}

static bool ensure_locked(const char *option_home)
{
    struct w4j_location location;
    if (!w4j_location_find(&location)) {
        return false;
    }
    if (process_vm == NULL) {
        process_vm = existing_vm();
    }
    if (process_vm == NULL) {
        struct w4j_options options = {0};
        process_vm = create_with(&options, &location, option_home);
        w4j_options_clear(&options);
    }
    JNIEnv *env = w4j_jvm_env();
    return env != NULL && w4j_java_side_load(env, &location, created_here);
}

bool w4j_jvm_ensure(const char *option_home)
{
    pthread_mutex_lock(&creation_lock);
    if (!ready) {
        ready = ensure_locked(option_home);
    }
    bool result = ready;
    pthread_mutex_unlock(&creation_lock);
    return result;
}
