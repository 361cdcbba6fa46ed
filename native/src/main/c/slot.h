/*
 * What the host's handles point to. A transaction slot gathers keys and data in C until certify hands them to Java in one call; an applier slot
 * stands for the event that one receiving thread applies. Slots are recycled: a transaction costs no malloc and, before certify, no Java.
 */
#ifndef WSREP4J_SLOT_H
#define WSREP4J_SLOT_H

#include "abi.h"

#include <jni.h>
#include <pthread.h>
#include <stdatomic.h>

struct w4j_provider;

/* One growing buffer. */
struct w4j_gathered {
    uint8_t *bytes;
    uint64_t length;
    uint64_t capacity;
};

enum w4j_phase {
    W4J_GATHERING = 0, /* C has it; Java does not know of what was appended */
    W4J_SUBMITTED = 1, /* Java has it */
    W4J_ABORTED = 2    /* a brute-force abort came while C had it: the next certify fails */
};

enum w4j_slot_kind { W4J_TRANSACTION, W4J_APPLIER };

struct w4j_slot {
    /* The mailbox, mapped by Java: io.wsrep4j.jna.Mailbox names the same offsets. */
    struct wsrep_trx_meta meta;
    uint64_t trx_id;
    struct w4j_gathered keys;
    struct w4j_gathered ordered;
    struct w4j_gathered unordered;
    struct w4j_gathered annotation;
    uint32_t key_count;
    _Atomic uint32_t phase;
    uint32_t meta_serial; /* grows when the host's meta differs from what the mailbox held */
    uint32_t generation;  /* grows with every transaction */
    uint32_t kept;        /* after release: Java keeps the transaction, which goes on with another fragment */
    /* end of the mailbox */

    uint32_t magic;
    enum w4j_slot_kind kind;
    struct w4j_provider *provider;
    jobject java; /* its companion, a global reference; NULL until the first upcall */
    void *recv_ctx;
    enum wsrep_status failure; /* of an append: what certify has to answer */
    bool known_to_java;        /* this transaction has been submitted at least once */
    struct w4j_slot *next;     /* in the free list */
    struct w4j_slot *previous_live;
    struct w4j_slot *next_live;
};

_Static_assert(offsetof(struct w4j_slot, trx_id) == 64, "Mailbox.TRANSACTION_ID");
_Static_assert(offsetof(struct w4j_slot, keys) == 72, "Mailbox.KEYS");
_Static_assert(offsetof(struct w4j_slot, ordered) == 96, "Mailbox.ORDERED");
_Static_assert(offsetof(struct w4j_slot, unordered) == 120, "Mailbox.UNORDERED");
_Static_assert(offsetof(struct w4j_slot, annotation) == 144, "Mailbox.ANNOTATION");
_Static_assert(offsetof(struct w4j_slot, key_count) == 168, "Mailbox.KEY_COUNT");
_Static_assert(offsetof(struct w4j_slot, phase) == 172, "Mailbox.PHASE");
_Static_assert(offsetof(struct w4j_slot, meta_serial) == 176, "Mailbox.META_SERIAL");
_Static_assert(offsetof(struct w4j_slot, generation) == 180, "Mailbox.GENERATION");
_Static_assert(offsetof(struct w4j_slot, kept) == 184, "Mailbox.KEPT");
_Static_assert(offsetof(struct w4j_slot, magic) == 188, "Mailbox.BYTES");

/* The slots of one provider. */
struct w4j_slots {
    pthread_mutex_t lock;
    struct w4j_slot *idle;
    struct w4j_slot *live;
    int idle_count;
};

void w4j_slots_init(struct w4j_slots *slots);

/* A slot for a new transaction or receiving thread; NULL without memory. */
struct w4j_slot *w4j_slot_acquire(struct w4j_provider *provider, enum w4j_slot_kind kind, uint64_t trx_id);

/* Takes the slot back; the host's pointer to it is dead. */
void w4j_slot_recycle(struct w4j_slot *slot);

/* The slot behind a handle's opaque pointer; NULL if it is not one of this provider. */
struct w4j_slot *w4j_slot_of(struct w4j_provider *provider, void *opaque);

/* WSREP_OK, or what append has to answer; a failure is also kept for certify. */
enum wsrep_status w4j_slot_append_keys(struct w4j_slot *slot, const struct wsrep_key *keys, size_t count, uint32_t type);
enum wsrep_status w4j_slot_append_data(struct w4j_slot *slot, const struct wsrep_buf *buffers, size_t count, uint32_t type);

/* Forgets what was gathered and its failure; gives big buffers back to the system. */
void w4j_slot_clear_gathered(struct w4j_slot *slot);

/* Puts the host's meta into the mailbox. */
void w4j_slot_take_meta(struct w4j_slot *slot, const struct wsrep_trx_meta *meta);

/*
 * A brute-force abort. True if this transaction is still gathered in C, of which Java knows nothing; then it is marked, and *answer is what
 * abort_certification has to answer.
 */
bool w4j_slots_abort(struct w4j_slots *slots, uint64_t trx_id, enum wsrep_status *answer);

#endif
