#include "lifecycle.h"

#include "descriptors.h"
#include "jvm.h"
#include "log.h"
#include "options.h"
#include "upcall.h"

#include <stdlib.h>

static void ensure_jvm(void *option_home)
{
    char **home = option_home;
    bool ready = w4j_jvm_ensure(*home);
    free(*home);
    *home = ready ? (char *) option_home : NULL; /* any pointer but NULL says yes */
}

/* The JVM is made on a thread of our own: HotSpot would put guard pages into the middle of the first thread's stack. */
static bool start_java(const struct wsrep_init_args *arguments, char **options)
{
    char *home = NULL;
    *options = w4j_options_take_java_home(arguments->options != NULL ? arguments->options : "", &home);
    if (*options == NULL) {
        w4j_log(WSREP_LOG_ERROR, "no memory for the provider options");
        return false;
    }
    return w4j_upcall_run(ensure_jvm, &home, W4J_ANY_THREAD) && home != NULL;
}

static enum wsrep_status initialise(struct w4j_provider *provider, const struct wsrep_init_args *arguments)
{
    char *options = NULL;
    enum wsrep_status status = WSREP_NODE_FAIL;
    if (start_java(arguments, &options) && w4j_upcall_create(provider)) {
        status = w4j_call(provider, W4J_INIT, W4J_ANY_THREAD, W4J_POINTER(arguments), W4J_POINTER(options));
        if (status == WSREP_OK) {
            status = w4j_call(provider, W4J_CAPABILITIES, W4J_ANY_THREAD, W4J_POINTER(&provider->capabilities));
        }
    }
    free(options);
    w4j_descriptors_close_on_exec();
    if (status != WSREP_OK) {
        w4j_descriptors_explain_shortage();
    }
    return status;
}

uint32_t w4j_init(struct wsrep_st *wsrep, const struct wsrep_init_args *arguments)
{
    if (wsrep == NULL || arguments == NULL) {
        return WSREP_NODE_FAIL;
    }
    w4j_log_attach(arguments->logger_cb);
    struct w4j_provider *provider = wsrep->ctx == NULL ? calloc(1, sizeof(*provider)) : NULL;
    if (provider == NULL) {
        w4j_log(WSREP_LOG_ERROR, "init: %s", wsrep->ctx != NULL ? "this provider is initialised already" : "no memory");
        w4j_log_detach(arguments->logger_cb);
        return WSREP_NODE_FAIL;
    }
    provider->arguments = *arguments;
    w4j_slots_init(&provider->slots);
    enum wsrep_status status = initialise(provider, arguments);
    if (status != WSREP_OK) {
        if (provider->java != NULL) {
            w4j_call(provider, W4J_FREE, W4J_ANY_THREAD, W4J_INT(0));
        }
        w4j_log_detach(arguments->logger_cb);
        return status;
    }
    wsrep->ctx = provider;
    return WSREP_OK;
}

uint32_t w4j_capabilities(struct wsrep_st *wsrep)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    return provider != NULL ? provider->capabilities : 0;
}

uint32_t w4j_options_set(struct wsrep_st *wsrep, const char *options)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    return provider != NULL && options != NULL ? w4j_call(provider, W4J_SET_OPTIONS, W4J_ANY_THREAD, W4J_POINTER(options)) : WSREP_NODE_FAIL;
}

char *w4j_options_get(struct wsrep_st *wsrep)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    char *text = NULL;
    if (provider != NULL) {
        w4j_call(provider, W4J_OPTIONS, W4J_ANY_THREAD, W4J_POINTER(&text));
    }
    return text;
}

uint32_t w4j_enc_set_key(struct wsrep_st *wsrep, const struct wsrep_buf *key)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    bool given = key != NULL && key->ptr != NULL;
    return provider != NULL && given ? w4j_call(provider, W4J_SET_ENCRYPTION_KEY, W4J_ANY_THREAD, W4J_POINTER(key->ptr), W4J_LONG(key->len))
                                     : WSREP_NODE_FAIL;
}

uint32_t w4j_connect(struct wsrep_st *wsrep, const char *cluster_name, const char *cluster_url, const char *donor, bool bootstrap)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (provider == NULL || cluster_name == NULL || cluster_url == NULL) {
        return WSREP_NODE_FAIL;
    }
    if (!w4j_jvm_owns_signals()) {
        w4j_log_to(provider->arguments.logger_cb, WSREP_LOG_WARN,
                   "something in this process replaced the JVM's handler of SIGSEGV: Java's null checks may now end the server. Load that library "
                   "before the provider, or preload the JDK's libjsig.so");
    }
    enum wsrep_status status = w4j_call(provider, W4J_CONNECT, W4J_ANY_THREAD, W4J_POINTER(cluster_name), W4J_POINTER(cluster_url),
                                        W4J_POINTER(donor), W4J_BOOL(bootstrap));
    w4j_descriptors_close_on_exec();
    return status;
}

uint32_t w4j_disconnect(struct wsrep_st *wsrep)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    return provider != NULL ? w4j_call(provider, W4J_DISCONNECT, W4J_ANY_THREAD, W4J_INT(0)) : WSREP_OK;
}

uint32_t w4j_recv(struct wsrep_st *wsrep, void *recv_ctx)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    struct w4j_slot *applier = provider != NULL ? w4j_slot_acquire(provider, W4J_APPLIER, WSREP_ID_UNDEFINED) : NULL;
    if (applier == NULL) {
        w4j_log(WSREP_LOG_ERROR, "recv on a provider that is not connected");
        return WSREP_FATAL;
    }
    applier->recv_ctx = recv_ctx;
    enum wsrep_status status = w4j_call(provider, W4J_RECEIVE, W4J_THIS_THREAD, W4J_SLOT(applier));
    w4j_slot_recycle(applier);
    return status == WSREP_NODE_FAIL ? WSREP_FATAL : status;
}

uint32_t w4j_sst_sent(struct wsrep_st *wsrep, const struct wsrep_gtid *state_id, int code)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    return provider != NULL && state_id != NULL ? w4j_call(provider, W4J_SST_SENT, W4J_ANY_THREAD, W4J_POINTER(state_id), W4J_INT(code))
                                                : WSREP_CONN_FAIL;
}

uint32_t w4j_sst_received(struct wsrep_st *wsrep, const struct wsrep_gtid *state_id, const struct wsrep_buf *state, int code)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (provider == NULL || state_id == NULL) {
        return WSREP_CONN_FAIL;
    }
    bool has_state = state != NULL && state->ptr != NULL;
    return w4j_call(provider, W4J_SST_RECEIVED, W4J_ANY_THREAD, W4J_POINTER(state_id), W4J_POINTER(has_state ? state->ptr : NULL),
                    W4J_LONG(has_state ? state->len : 0), W4J_INT(code));
}

/* One malloc'ed block holds the array and, behind it, all texts. */
struct wsrep_stats_var *w4j_stats_get(struct wsrep_st *wsrep)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    struct wsrep_stats_var *variables = NULL;
    if (provider != NULL) {
        w4j_call(provider, W4J_STATUS, W4J_ANY_THREAD, W4J_POINTER(&variables));
    }
    return variables;
}

void w4j_stats_free(struct wsrep_st *wsrep, struct wsrep_stats_var *variables)
{
    (void) wsrep;
    free(variables);
}

void w4j_stats_reset(struct wsrep_st *wsrep)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (provider != NULL) {
        w4j_call(provider, W4J_RESET_STATUS, W4J_ANY_THREAD, W4J_INT(0));
    }
}

int64_t w4j_pause(struct wsrep_st *wsrep)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    int64_t seqno = WSREP_SEQNO_UNDEFINED;
    bool paused = provider != NULL && w4j_call(provider, W4J_PAUSE, W4J_ANY_THREAD, W4J_POINTER(&seqno)) == WSREP_OK;
    return paused && seqno >= 0 ? seqno : WSREP_SEQNO_UNDEFINED; /* the host takes any other negative number for success */
}

static enum wsrep_status plain(struct wsrep_st *wsrep, enum w4j_method method)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    return provider != NULL ? w4j_call(provider, method, W4J_ANY_THREAD, W4J_INT(0)) : WSREP_NODE_FAIL;
}

uint32_t w4j_resume(struct wsrep_st *wsrep)
{
    return plain(wsrep, W4J_RESUME);
}

uint32_t w4j_desync(struct wsrep_st *wsrep)
{
    return plain(wsrep, W4J_DESYNC);
}

uint32_t w4j_resync(struct wsrep_st *wsrep)
{
    return plain(wsrep, W4J_RESYNC);
}

void w4j_free(struct wsrep_st *wsrep)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (provider == NULL) {
        return; /* the second of the host's two calls */
    }
    wsrep->ctx = NULL;
    w4j_call(provider, W4J_FREE, W4J_ANY_THREAD, W4J_INT(0));
    w4j_log_detach(provider->arguments.logger_cb);
}
