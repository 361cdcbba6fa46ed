/*
 * Hosts of nothing but loops: several members of one cluster in this process, each a host of its own, that replicate write sets of one size
 * through any wsrep provider. Warms up, prints "ready", and then measures once for each newline that it reads, until the end of its input: first
 * every member's clients commit as fast as they are let; then one client commits one write set at a time. Each measurement is one line: ordered
 * write sets a second at each member, processor microseconds (of the whole process) for each of them at each member, and the median and the
 * 99th percentile in microseconds of the time that certify takes: from sending to ordered, delivered and certified.
 *
 * replication <provider.so> <data folder with trailing slash> <members> <bytes> <write sets of warm-up> <seconds> <limit in seconds> <port>...
 *
 * Each port is a group port; the one after it must be free too. When the limit is over before the end, it says what it was doing and ends with
 * status 3. Whenever it fails it shows the end of the providers' logs.
 */
#include "../../main/c/abi.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STACK = 296 * 1024, MEMBERS = 8, CLIENTS = 8, BYTES = 1 << 20, SAMPLES = 1 << 20, WHOLE = 0x41, LATE = 3, LONGEST = 86400,
       TAIL = 16384 };

struct member {
    struct wsrep_st provider;
    int index;
    sem_t synced;
    pthread_t receiver;
    char folder[4096];
    _Alignas(64) _Atomic long ordered;
};

struct client {
    struct member *member;
    uint64_t id;
    pthread_t thread;
};

struct donation {
    struct member *donor;
    struct wsrep_gtid position;
};

static struct member members[MEMBERS];
static struct client clients[MEMBERS * CLIENTS];
static struct member *joiner;
static int member_count;
static size_t data_bytes;
static atomic_bool stop;
static double samples[SAMPLES];
static const char *_Atomic phase;
static int journal;

/* ---- the end before the end */

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0) {
        _exit(LATE);
    }
}

/* What the providers had to say; on any thread, in the middle of anything. */
static void show_journal(void)
{
    char part[4096];
    off_t end = lseek(journal, 0, SEEK_END);
    off_t at = end > TAIL ? end - TAIL : 0;
    ssize_t length;
    say("---- the providers' last log lines\n");
    while ((length = pread(journal, part, sizeof(part), at)) > 0 && write(STDERR_FILENO, part, (size_t) length) == length) {
        at += length;
    }
    say("----\n");
}

static void check(uint32_t status, const char *what)
{
    if (status != WSREP_OK) {
        show_journal();
        fprintf(stderr, "%s answered %u; it was %s\n", what, status, atomic_load(&phase));
        _exit(1);
    }
}

static void start(void *(*body)(void *), void *argument, pthread_t *thread)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    check((uint32_t) pthread_create(thread, &attributes, body, argument), "pthread_create");
}

/* What the main thread does from now on. */
static void enter(const char *what, int member)
{
    static char texts[2][64];
    static int next;
    char *text = texts[next ^= 1];
    snprintf(text, sizeof(texts[0]), member < 0 ? "%s" : "%s m%d", what, member);
    atomic_store(&phase, text);
}

/* On whatever thread the signal meets. */
static void late(int signal)
{
    (void) signal;
    show_journal();
    say("no result within the limit; still ");
    say(atomic_load(&phase));
    say("\n");
    _exit(LATE);
}

/* ---- callbacks */

static void log_cb(uint32_t level, const char *message)
{
    static const char *const names[] = {"FATAL", "ERROR", "WARN", "INFO", "DEBUG"};
    dprintf(journal, "%s %s\n", level <= WSREP_LOG_DEBUG ? names[level] : "?", message);
    if (level <= WSREP_LOG_ERROR) { /* a provider may end the process itself */
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
    *request = strdup("position"); /* the provider frees it */
    *length = sizeof("position");
    return 0;
}

/* There are no tables, so the position is the whole snapshot. */
static void *donate(void *argument)
{
    struct donation *donation = argument;
    check(joiner->provider.sst_received(&joiner->provider, &donation->position, NULL, 0), "sst_received");
    check(donation->donor->provider.sst_sent(&donation->donor->provider, &donation->position, 0), "sst_sent");
    free(donation);
    return NULL;
}

static uint32_t donate_cb(void *app, void *recv_ctx, const struct wsrep_buf *request, const struct wsrep_gtid *id, const struct wsrep_buf *state,
                          bool bypass)
{
    (void) recv_ctx;
    (void) request;
    (void) state;
    (void) bypass;
    pthread_t thread;
    struct donation *donation = malloc(sizeof(*donation));
    donation->donor = app;
    donation->position = *id;
    start(donate, donation, &thread);
    pthread_detach(thread);
    return 0;
}

static uint32_t synced_cb(void *app)
{
    struct member *member = app;
    sem_post(&member->synced);
    return 0;
}

static uint32_t apply_cb(void *recv_ctx, const struct wsrep_ws_handle *handle, uint32_t flags, const struct wsrep_buf *data,
                         const struct wsrep_trx_meta *meta, bool *exit_loop)
{
    struct member *member = recv_ctx;
    struct wsrep_buf none = {NULL, 0};
    (void) flags;
    (void) data;
    (void) exit_loop;
    check(member->provider.commit_order_enter(&member->provider, handle, meta), "commit_order_enter of an applier");
    check(member->provider.commit_order_leave(&member->provider, handle, meta, &none), "commit_order_leave of an applier");
    atomic_fetch_add_explicit(&member->ordered, 1, memory_order_relaxed);
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
    struct member *member = argument;
    check(member->provider.recv(&member->provider, member), "recv");
    return NULL;
}

/* ---- clients */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec + (double) time.tv_nsec * 1e-9;
}

static double processor_time(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* Commits a write set that conflicts with none; answers what certify took, in seconds. */
static double commit(struct member *member, uint64_t id)
{
    static const char data[BYTES];
    struct wsrep_st *provider = &member->provider;
    struct wsrep_buf parts[] = {{"bench", 5}, {"t", 1}, {&id, sizeof(id)}};
    struct wsrep_key key = {parts, 3};
    struct wsrep_buf buffer = {data, data_bytes};
    struct wsrep_buf none = {NULL, 0};
    struct wsrep_ws_handle handle = {.trx_id = id, .opaque = NULL};
    struct wsrep_trx_meta meta = {.gtid.seqno = -1, .stid = {.trx = UINT64_MAX, .conn = UINT64_MAX}, .depends_on = -1};

    check(provider->append_key(provider, &handle, &key, 1, WSREP_KEY_EXCLUSIVE, true), "append_key");
    check(provider->append_data(provider, &handle, &buffer, 1, WSREP_DATA_ORDERED, true), "append_data");
    double begin = now();
    check(provider->certify(provider, id & 0xff, &handle, WHOLE, &meta), "certify");
    double took = now() - begin;
    check(provider->commit_order_enter(provider, &handle, &meta), "commit_order_enter");
    check(provider->commit_order_leave(provider, &handle, &meta, &none), "commit_order_leave");
    check(provider->release(provider, &handle), "release");
    atomic_fetch_add_explicit(&member->ordered, 1, memory_order_relaxed);
    return took;
}

static void *commit_all_the_time(void *argument)
{
    struct client *client = argument;
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        commit(client->member, client->id);
        client->id += 0x10000;
    }
    return NULL;
}

static long ordered(void)
{
    long sum = 0;
    for (int i = 0; i < member_count; i++) {
        sum += atomic_load(&members[i].ordered);
    }
    return sum;
}

static void pass(double seconds)
{
    struct timespec time = {(time_t) seconds, (long) ((seconds - (double) (time_t) seconds) * 1e9)};
    nanosleep(&time, NULL);
}

/* Warm-up is counted in write sets and not in seconds: what a JVM has compiled depends on how often it ran, however busy the machine is. */
static void commit_at_all(long warm_up, double seconds)
{
    atomic_store(&stop, false);
    long before = ordered();
    double processor = processor_time();
    double begin = now();
    for (int i = 0; i < member_count * CLIENTS; i++) {
        start(commit_all_the_time, &clients[i], &clients[i].thread);
    }
    while (ordered() - before < warm_up * member_count) {
        pass(0.05);
    }
    pass(seconds);
    double count = (double) (ordered() - before);
    double took = now() - begin;
    processor = processor_time() - processor;
    atomic_store(&stop, true);
    for (int i = 0; i < member_count * CLIENTS; i++) {
        pthread_join(clients[i].thread, NULL);
    }
    if (seconds > 0) {
        printf("%.0f %.2f ", count / took / member_count, processor * 1e6 / count);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *) a;
    double y = *(const double *) b;
    return (x > y) - (x < y);
}

static void *latency(void *argument)
{
    double seconds = *(double *) argument;
    size_t count = 0;
    double begin = now();
    /* the first quarter does not count: other threads rest now and the processors' clocks change */
    while (now() < begin + 1.25 * seconds && count < SAMPLES) {
        double took = commit(&members[0], clients[0].id);
        clients[0].id += 0x10000;
        if (now() > begin + 0.25 * seconds) {
            samples[count++] = took;
        }
    }
    if (count == 0) {
        fprintf(stderr, "not one write set was committed alone within %.1f seconds\n", 1.25 * seconds);
        _exit(1);
    }
    qsort(samples, count, sizeof(samples[0]), ascending);
    printf("%.1f %.1f\n", samples[count / 2] * 1e6, samples[count * 99 / 100] * 1e6);
    return NULL;
}

static void measure(double seconds)
{
    enter("committing at all members", -1);
    commit_at_all(0, seconds);
    enter("committing one by one", -1);
    pthread_t client;
    start(latency, &seconds, &client);
    pthread_join(client, NULL);
    fflush(stdout);
}

/* ---- the cluster */

static void load(void *library, struct member *member)
{
    int (*loader)(struct wsrep_st *) = (int (*)(struct wsrep_st *)) dlsym(library, "wsrep_loader");
    check(loader == NULL || loader(&member->provider) != 0, "wsrep_loader");
}

static void join(struct member *member, const char *folder, const char *port, const char *address)
{
    char options[512];
    char name[16];
    struct wsrep_gtid position = {.seqno = -1};
    snprintf(name, sizeof(name), "m%d", member->index);
    snprintf(member->folder, sizeof(member->folder), "%s%s/", folder, name);
    check((uint32_t) mkdir(member->folder, 0755), "mkdir");
    snprintf(options, sizeof(options),
             "base_host=127.0.0.1;base_port=%s;gmcast.listen_addr=tcp://127.0.0.1:%s;gcache.size=64M;gcs.fc_limit=256;pc.recovery=no", port, port);
    struct wsrep_init_args init = {.app_ctx = member, .node_name = name, .node_address = "127.0.0.1", .node_incoming = "127.0.0.1:1",
        .data_dir = member->folder, .options = options, .proto_ver = 4, .state_id = &position, .logger_cb = log_cb, .connected_cb = connected_cb,
        .view_cb = view_cb, .sst_request_cb = sst_request_cb, .apply_cb = apply_cb, .sst_donate_cb = donate_cb, .synced_cb = synced_cb};
    sem_init(&member->synced, 0, 0);
    joiner = member;
    enter("starting", member->index);
    check(member->provider.init(&member->provider, &init), "init");
    check(member->provider.connect(&member->provider, "replication", address, "", member->index == 0), "connect");
    start(receive, member, &member->receiver);
    enter("waiting for the synced callback of", member->index);
    while (sem_wait(&member->synced) != 0) {
        check(errno == EINTR ? WSREP_OK : (uint32_t) errno, "waiting for the synced callback");
    }
}

static long limit_of(const char *text)
{
    char *end;
    long seconds = strtol(text, &end, 10);
    if (*text == 0 || *end != 0 || seconds < 1 || seconds > LONGEST) {
        fprintf(stderr, "the limit is '%s'; it must be 1 to %d seconds\n", text, LONGEST);
        exit(2);
    }
    return seconds;
}

int main(int count, char **arguments)
{
    member_count = count > 3 ? atoi(arguments[3]) : 0;
    if (member_count < 1 || member_count > MEMBERS || count != 8 + member_count) {
        fprintf(stderr, "usage: replication <provider.so> <data folder>/ <members, 1 to %d> <bytes> <warm-up> <seconds> <limit> <port>...\n",
                MEMBERS);
        return 2;
    }
    data_bytes = strtoul(arguments[4], NULL, 10);
    if (data_bytes > BYTES) {
        fprintf(stderr, "%s bytes; at most %d are possible\n", arguments[4], BYTES);
        return 2;
    }
    long warm_up = strtol(arguments[5], NULL, 10);
    double seconds = strtod(arguments[6], NULL);
    FILE *unnamed = tmpfile();
    check(unnamed == NULL, "tmpfile");
    journal = fileno(unnamed);
    enter("loading the provider", -1);
    signal(SIGALRM, late);
    alarm((unsigned) limit_of(arguments[7]));
    void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "cannot load %s: %s\n", arguments[1], dlerror());
        return 1;
    }
    for (int i = 0; i < member_count; i++) {
        load(library, &members[i]);
        members[i].index = i;
    }
    static struct wsrep_allowlist_service service = {allow, NULL};
    int (*allowlist)(struct wsrep_allowlist_service *) =
        (int (*)(struct wsrep_allowlist_service *)) dlsym(library, "wsrep_init_allowlist_service_v1");
    check(allowlist == NULL ? WSREP_OK : (uint32_t) allowlist(&service), "allowlist service");
    char address[64] = "gcomm://";
    for (int i = 0; i < member_count; i++) {
        join(&members[i], arguments[2], arguments[8 + i], address);
        snprintf(address, sizeof(address), "gcomm://127.0.0.1:%s", arguments[8]);
    }
    for (int i = 0; i < member_count * CLIENTS; i++) {
        clients[i].member = &members[i / CLIENTS];
        clients[i].id = (uint64_t) i + 1;
    }
    enter("warming up", -1);
    commit_at_all(warm_up, 0);
    puts("ready");
    fflush(stdout);
    enter("waiting to be told to measure", -1);
    while (getchar() == '\n') {
        measure(seconds);
        enter("waiting to be told to measure", -1);
    }
    for (int i = member_count - 1; i >= 0; i--) {
        enter("disconnecting", i);
        check(members[i].provider.disconnect(&members[i].provider), "disconnect");
        pthread_join(members[i].receiver, NULL);
        members[i].provider.free(&members[i].provider);
    }
    return 0;
}
