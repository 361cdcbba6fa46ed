#include "rescue.h"

#include "log.h"
#include "thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Helpers that wait for the next rescue; more are made on demand, since a rescued call may block for long, and end after it. */
enum { MAX_IDLE = 8 };

struct helper {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    void (*work)(void *);
    void *argument;
    bool done;
    struct helper *next;
};

static pthread_mutex_t idle_lock = PTHREAD_MUTEX_INITIALIZER;
static struct helper *idle;
static int idle_count;

/* The helper goes to the idle list before its caller wakes, so that callers one after another share one helper. */
static bool keep(struct helper *helper)
{
    pthread_mutex_lock(&idle_lock);
    bool kept = idle_count < MAX_IDLE;
    if (kept) {
        helper->next = idle;
        idle = helper;
        idle_count++;
    }
    pthread_mutex_unlock(&idle_lock);
    return kept;
}

static void *serve(void *argument)
{
    struct helper *helper = argument;
    pthread_mutex_lock(&helper->lock);
    for (;;) {
        while (helper->work == NULL) {
            pthread_cond_wait(&helper->changed, &helper->lock);
        }
        helper->work(helper->argument);
        helper->work = NULL;
        helper->done = true;
        pthread_cond_broadcast(&helper->changed);
        while (helper->done) { /* the caller clears it: until then the helper's memory is also the caller's */
            pthread_cond_wait(&helper->changed, &helper->lock);
        }
        if (!keep(helper)) {
            break;
        }
    }
    pthread_mutex_unlock(&helper->lock);
    pthread_cond_destroy(&helper->changed);
    pthread_mutex_destroy(&helper->lock);
    free(helper);
    return NULL;
}

/* Signals stay the host's affair: a helper takes none but those that its own instructions raise, which HotSpot lives on. */
static void block_signals(sigset_t *before)
{
    sigset_t all;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGTRAP);
    sigdelset(&all, SIGABRT);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

static struct helper *start_helper(void)
{
    struct helper *helper = calloc(1, sizeof(*helper));
    if (helper == NULL) {
        w4j_log(WSREP_LOG_ERROR, "no memory for a helper thread");
        return NULL;
    }
    pthread_mutex_init(&helper->lock, NULL);
    pthread_cond_init(&helper->changed, NULL);

    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, W4J_HELPER_STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigset_t before;
    block_signals(&before);
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, serve, helper);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error != 0) {
        w4j_log(WSREP_LOG_ERROR, "cannot start a helper thread with %d bytes of stack: %s", W4J_HELPER_STACK, strerror(error));
        free(helper);
        return NULL;
    }
    pthread_setname_np(thread, "wsrep4j-helper");
    return helper;
}

bool w4j_rescue_run(void (*work)(void *), void *argument)
{
    pthread_mutex_lock(&idle_lock);
    struct helper *helper = idle;
    if (helper != NULL) {
        idle = helper->next;
        idle_count--;
    }
    pthread_mutex_unlock(&idle_lock);
    if (helper == NULL) {
        helper = start_helper();
        if (helper == NULL) {
            return false;
        }
    }

    pthread_mutex_lock(&helper->lock);
    helper->work = work;
    helper->argument = argument;
    pthread_cond_broadcast(&helper->changed);
    while (!helper->done) {
        pthread_cond_wait(&helper->changed, &helper->lock);
    }
    helper->done = false;
    pthread_cond_broadcast(&helper->changed);
    pthread_mutex_unlock(&helper->lock);
    return true;
}
