/*
 * A host of nothing but a loop: loads any wsrep provider, bootstraps a node, commits transactions on one thread and prints what each call of the
 * API costs. calls <provider.so> <data folder with trailing slash> <port> <transactions>
 */
#include "../../main/c/abi.h"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STACK = 296 * 1024, KEY_BYTES = 5, DATA_BYTES = 300 };

enum call { APPEND_KEY, APPEND_DATA, CERTIFY, ENTER, LEAVE, RELEASE, RELEASE_EMPTY, LAST_COMMITTED, ABORT_UNKNOWN, CALLS };

static const char *const names[CALLS] = {"append_key",         "append_data",   "certify",           "commit_order_enter", "commit_order_leave",
                                         "release",            "release empty", "last_committed_id", "abort_certification of nothing"};

static struct wsrep_st provider;
static sem_t synced;
static long transactions;
static double nanos[CALLS];

static void log_cb(uint32_t level, const char *message)
{
    if (level <= WSREP_LOG_ERROR) {
        fprintf(stderr, "%s\n", message);
    }
}

static uint32_t connected_cb(void *app, const struct wsrep_view_info *view)
{
    (void) app;
    (void) view;
    return 0;
}

static uint32_t view_cb(void *app, void *recv_ctx, const struct wsrep_view_info *view, const char *state, size_t length)
{
    (void) app;
    (void) recv_ctx;
    (void) view;
    (void) state;
    (void) length;
    return 0;
}

static uint32_t sst_request_cb(void *app, void **request, size_t *length)
{
    (void) app;
    *request = NULL;
    *length = 0;
    return 1;
}

static uint32_t apply_cb(void *recv_ctx, const struct wsrep_ws_handle *handle, uint32_t flags, const struct wsrep_buf *data,
                         const struct wsrep_trx_meta *meta, bool *exit_loop)
{
    (void) recv_ctx;
    (void) handle;
    (void) flags;
    (void) data;
    (void) meta;
    (void) exit_loop;
    return 1;
}

static uint32_t donate_cb(void *app, void *recv_ctx, const struct wsrep_buf *request, const struct wsrep_gtid *id, const struct wsrep_buf *state,
                          bool bypass)
{
    (void) app;
    (void) recv_ctx;
    (void) request;
    (void) id;
    (void) state;
    (void) bypass;
    return 1;
}

static uint32_t synced_cb(void *app)
{
    (void) app;
    sem_post(&synced);
    return 0;
}

static uint32_t allow(void *context, uint32_t key, const struct wsrep_buf *value)
{
    (void) context;
    (void) key;
    (void) value;
    return WSREP_OK;
}

static void *receive(void *argument)
{
    provider.recv(&provider, argument);
    return NULL;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

static void check(uint32_t status, const char *what)
{
    if (status != WSREP_OK) {
        fprintf(stderr, "%s answered %u\n", what, status);
        exit(1);
    }
}

#define TIMED(call, expression)                    \
    do {                                           \
        double begin = now();                      \
        uint32_t status = (expression);            \
        nanos[call] += now() - begin;              \
        check(status, names[call]);                \
    } while (0)

static void commit(uint64_t id)
{
    char row[KEY_BYTES] = {1};
    static const char data[DATA_BYTES];
    memcpy(row + 1, &id, sizeof(row) - 1);
    struct wsrep_buf parts[] = {{"sbtest", 6}, {"sbtest1", 7}, {row, sizeof(row)}};
    struct wsrep_key key = {parts, 3};
    struct wsrep_buf buffer = {data, sizeof(data)};
    struct wsrep_buf none = {NULL, 0};
    struct wsrep_gtid position;
    int64_t victim;
    struct wsrep_ws_handle handle = {.trx_id = id, .opaque = NULL};
    struct wsrep_ws_handle empty = {.trx_id = id, .opaque = NULL};
    struct wsrep_trx_meta meta = {.gtid.seqno = -1, .stid = {.trx = UINT64_MAX, .conn = UINT64_MAX}, .depends_on = -1};

    TIMED(RELEASE_EMPTY, provider.release(&provider, &empty));
    TIMED(APPEND_KEY, provider.append_key(&provider, &handle, &key, 1, WSREP_KEY_UPDATE, true));
    TIMED(APPEND_DATA, provider.append_data(&provider, &handle, &buffer, 1, WSREP_DATA_ORDERED, true));
    TIMED(CERTIFY, provider.certify(&provider, 1, &handle, 0x41, &meta));
    TIMED(ENTER, provider.commit_order_enter(&provider, &handle, &meta));
    TIMED(LEAVE, provider.commit_order_leave(&provider, &handle, &meta, &none));
    TIMED(RELEASE, provider.release(&provider, &handle));
    TIMED(LAST_COMMITTED, provider.last_committed_id(&provider, &position));
    TIMED(ABORT_UNKNOWN, provider.abort_certification(&provider, -1, id + 1, &victim));
}

/* Warm-up first: a JVM compiles what runs often. */
static void *work(void *argument)
{
    uint64_t id = 1;
    (void) argument;
    for (long i = 0; i < transactions; i++) {
        commit(id++);
    }
    memset(nanos, 0, sizeof(nanos));
    for (long i = 0; i < transactions; i++) {
        commit(id++);
    }
    return NULL;
}

static void start(void *(*body)(void *), pthread_t *thread)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    check((uint32_t) pthread_create(thread, &attributes, body, NULL), "pthread_create");
}

static void load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    int (*loader)(struct wsrep_st *) = library != NULL ? (int (*)(struct wsrep_st *)) dlsym(library, "wsrep_loader") : NULL;
    static struct wsrep_allowlist_service service = {allow, NULL};
    if (loader == NULL) {
        fprintf(stderr, "cannot load %s: %s\n", path, dlerror());
        exit(1);
    }
    check((uint32_t) loader(&provider), "wsrep_loader");
    int (*allowlist)(struct wsrep_allowlist_service *) =
        (int (*)(struct wsrep_allowlist_service *)) dlsym(library, "wsrep_init_allowlist_service_v1");
    if (allowlist != NULL) {
        check((uint32_t) allowlist(&service), "allowlist service");
    }
}

int main(int count, char **arguments)
{
    if (count != 5) {
        fprintf(stderr, "usage: calls <provider.so> <data folder>/ <port> <transactions>\n");
        return 2;
    }
    char options[512];
    struct wsrep_gtid position = {.seqno = -1};
    pthread_t receiver;
    pthread_t worker;
    transactions = strtol(arguments[4], NULL, 10);
    sem_init(&synced, 0, 0);
    load(arguments[1]);
    snprintf(options, sizeof(options), "base_port=%s;gmcast.listen_addr=tcp://127.0.0.1:%s;gcache.size=64M", arguments[3], arguments[3]);
    struct wsrep_init_args init = {.node_name = "bench", .node_address = "127.0.0.1", .node_incoming = "127.0.0.1:1", .data_dir = arguments[2],
        .options = options, .proto_ver = 4, .state_id = &position, .logger_cb = log_cb, .connected_cb = connected_cb, .view_cb = view_cb,
        .sst_request_cb = sst_request_cb, .apply_cb = apply_cb, .sst_donate_cb = donate_cb, .synced_cb = synced_cb};
    check(provider.init(&provider, &init), "init");
    check(provider.connect(&provider, "calls", "gcomm://", "", true), "connect");
    start(receive, &receiver);
    sem_wait(&synced);
    start(work, &worker);
    pthread_join(worker, NULL);
    double whole = 0;
    for (int i = 0; i < CALLS; i++) {
        printf("%-32s %8.0f ns\n", names[i], nanos[i] / (double) transactions);
        whole += i <= RELEASE ? nanos[i] / (double) transactions : 0;
    }
    printf("%-32s %8.0f ns\n", "a transaction", whole);
    check(provider.disconnect(&provider), "disconnect");
    pthread_join(receiver, NULL);
    provider.free(&provider);
    provider.free(&provider);
    return 0;
}
