#include "trampolines.h"

#include "descriptors.h"
#include "isolation.h"
#include "log.h"
#include "provider.h"
#include "services.h"

#include <stdlib.h>
#include <string.h>

/* Bit set in the answer of apply when the host wants the receiving thread to leave. */
enum { EXIT_LOOP = 0x100 };

static void log_line(const struct w4j_provider *provider, int level, const char *message)
{
    w4j_log_to(provider != NULL ? provider->arguments.logger_cb : NULL, (enum wsrep_log_level) level, message);
}

static int connected(const struct w4j_provider *provider, const struct wsrep_view_info *view)
{
    const struct wsrep_init_args *host = &provider->arguments;
    return host->connected_cb != NULL ? (int) host->connected_cb(host->app_ctx, view) : WSREP_CB_FAILURE;
}

/* The host may start its notification script in here. */
static int view(const struct w4j_slot *applier, const struct wsrep_view_info *view)
{
    const struct wsrep_init_args *host = &applier->provider->arguments;
    if (host->view_cb == NULL) {
        return WSREP_CB_FAILURE;
    }
    w4j_descriptors_close_on_exec();
    int result = (int) host->view_cb(host->app_ctx, applier->recv_ctx, view, NULL, 0);
    w4j_descriptors_close_on_exec();
    return result;
}

/* As above, on a thread that is none of the host's receiving threads and so has no context of one. */
static int component_lost(const struct w4j_provider *provider, const struct wsrep_view_info *view)
{
    const struct wsrep_init_args *host = &provider->arguments;
    if (host->view_cb == NULL) {
        return WSREP_CB_FAILURE;
    }
    w4j_descriptors_close_on_exec();
    int result = (int) host->view_cb(host->app_ctx, NULL, view, NULL, 0);
    w4j_descriptors_close_on_exec();
    return result;
}

static int synced(const struct w4j_provider *provider)
{
    const struct wsrep_init_args *host = &provider->arguments;
    w4j_isolation_started();
    return host->synced_cb != NULL ? (int) host->synced_cb(host->app_ctx) : WSREP_CB_FAILURE;
}

/* The host starts its snapshot script in here. *request is the host's malloc'ed memory, for Java to read and give back. */
static int sst_request(const struct w4j_provider *provider, void **request, size_t *length)
{
    const struct wsrep_init_args *host = &provider->arguments;
    *request = NULL;
    *length = 0;
    if (host->sst_request_cb == NULL) {
        return WSREP_CB_FAILURE;
    }
    w4j_descriptors_close_on_exec();
    int result = (int) host->sst_request_cb(host->app_ctx, request, length);
    w4j_descriptors_close_on_exec();
    return result;
}

static int sst_donate(const struct w4j_slot *applier, const void *request, int64_t length, const struct wsrep_gtid *state_id, int bypass)
{
    const struct wsrep_init_args *host = &applier->provider->arguments;
    if (host->sst_donate_cb == NULL) {
        return WSREP_CB_FAILURE;
    }
    struct wsrep_buf buffer = {.ptr = request, .len = (size_t) length};
    w4j_descriptors_close_on_exec();
    int result = (int) host->sst_donate_cb(host->app_ctx, applier->recv_ctx, &buffer, state_id, NULL, bypass != 0);
    w4j_descriptors_close_on_exec();
    return result;
}

static struct wsrep_buf slice(const char *base, int offset, int length)
{
    return length > 0 ? (struct wsrep_buf){.ptr = base + offset, .len = (size_t) length} : (struct wsrep_buf){0};
}

static int apply(struct w4j_slot *applier, int flags, const char *base, int offset, int length)
{
    const struct wsrep_init_args *host = &applier->provider->arguments;
    if (host->apply_cb == NULL) {
        return WSREP_CB_FAILURE;
    }
    struct wsrep_ws_handle handle = {.trx_id = applier->trx_id, .opaque = applier};
    struct wsrep_buf data = slice(base, offset, length);
    struct wsrep_trx_meta meta = applier->meta;
    bool exit_loop = false;
    uint32_t result = host->apply_cb(applier->recv_ctx, &handle, (uint32_t) flags, &data, &meta, &exit_loop);
    return (result == WSREP_CB_SUCCESS ? WSREP_CB_SUCCESS : WSREP_CB_FAILURE) | (exit_loop ? EXIT_LOOP : 0);
}

static int unordered(struct w4j_slot *applier, const char *base, int offset, int length)
{
    const struct wsrep_init_args *host = &applier->provider->arguments;
    struct wsrep_buf data = slice(base, offset, length);
    return host->unordered_cb != NULL ? (int) host->unordered_cb(applier->recv_ctx, &data) : WSREP_CB_SUCCESS;
}

static int can_encrypt(const struct w4j_provider *provider)
{
    return provider->arguments.encrypt_cb != NULL;
}

static int encrypt(const struct w4j_provider *provider, struct wsrep_enc_ctx *context, const void *input, int64_t length, void *output,
                   int direction, int last)
{
    const struct wsrep_init_args *host = &provider->arguments;
    struct wsrep_buf buffer = {.ptr = input, .len = (size_t) length};
    return host->encrypt_cb != NULL ? host->encrypt_cb(host->app_ctx, context, &buffer, output, (uint32_t) direction, last != 0) : -1;
}

static int has_allowlist(void)
{
    return w4j_services_allowlist().allowlist_cb != NULL;
}

/* The value is NUL-terminated beyond its length: MariaDB reads it as a C string. */
static int allows(int key, const char *value, int64_t length)
{
    struct wsrep_allowlist_service service = w4j_services_allowlist();
    struct wsrep_buf buffer = {.ptr = value, .len = (size_t) length};
    return service.allowlist_cb != NULL ? (int) service.allowlist_cb(service.context, (uint32_t) key, &buffer) : WSREP_OK;
}

static int has_events(void)
{
    return w4j_services_events().event_cb != NULL;
}

static void event(const char *name, const char *json)
{
    struct wsrep_event_service service = w4j_services_events();
    if (service.event_cb != NULL) {
        service.event_cb(service.context, name, json);
    }
}

static int64_t allocate(int64_t bytes)
{
    return (int64_t) (intptr_t) malloc((size_t) bytes);
}

static void deallocate(int64_t address)
{
    free((void *) (intptr_t) address);
}

static void placed(const struct wsrep_seq_cb *callback)
{
    callback->fn(callback->ctx);
}

static int await_isolation(void)
{
    return (int) w4j_isolation_await();
}

static void close_on_exec(void)
{
    w4j_descriptors_close_on_exec();
}

#define ROW(java_name, function) {java_name, (void *) (function)}

const struct w4j_trampoline w4j_trampolines[] = {
    ROW("log", log_line),
    ROW("connected", connected),
    ROW("view", view),
    ROW("componentLost", component_lost),
    ROW("synced", synced),
    ROW("sstRequest", sst_request),
    ROW("sstDonate", sst_donate),
    ROW("apply", apply),
    ROW("unordered", unordered),
    ROW("canEncrypt", can_encrypt),
    ROW("encrypt", encrypt),
    ROW("hasAllowlist", has_allowlist),
    ROW("allows", allows),
    ROW("hasEvents", has_events),
    ROW("event", event),
    ROW("allocate", allocate),
    ROW("deallocate", deallocate),
    ROW("placed", placed),
    ROW("awaitIsolation", await_isolation),
    ROW("closeOnExec", close_on_exec),
    {NULL, NULL},
};
