#include "slot.h"

#include "jvm.h"
#include "log.h"
#include "provider.h"
#include "thread.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAGIC = 0x77346a73,
    MAX_IDLE = 64,            /* more idle slots are given back */
    FIRST_CAPACITY = 1024,
    KEPT_CAPACITY = 64 * 1024 /* an idle slot keeps no larger buffer */
};

/* Java addresses a buffer with an int. */
static const uint64_t max_gathered = INT32_MAX;

void w4j_slots_init(struct w4j_slots *slots)
{
    *slots = (struct w4j_slots){0};
    pthread_mutex_init(&slots->lock, NULL);
}

static void link_live(struct w4j_slots *slots, struct w4j_slot *slot)
{
    slot->previous_live = NULL;
    slot->next_live = slots->live;
    if (slots->live != NULL) {
        slots->live->previous_live = slot;
    }
    slots->live = slot;
}

static void unlink_live(struct w4j_slots *slots, struct w4j_slot *slot)
{
    if (slot->previous_live != NULL) {
        slot->previous_live->next_live = slot->next_live;
    } else {
        slots->live = slot->next_live;
    }
    if (slot->next_live != NULL) {
        slot->next_live->previous_live = slot->previous_live;
    }
}

/* The kinds have different companions in Java, so a slot keeps its kind for life. */
static struct w4j_slot *take_idle(struct w4j_slots *slots, enum w4j_slot_kind kind)
{
    for (struct w4j_slot **link = &slots->idle; *link != NULL; link = &(*link)->next) {
        struct w4j_slot *slot = *link;
        if (slot->kind == kind) {
            *link = slot->next;
            slots->idle_count--;
            return slot;
        }
    }
    return NULL;
}

struct w4j_slot *w4j_slot_acquire(struct w4j_provider *provider, enum w4j_slot_kind kind, uint64_t trx_id)
{
    struct w4j_slots *slots = &provider->slots;
    pthread_mutex_lock(&slots->lock);
    struct w4j_slot *slot = take_idle(slots, kind);
    if (slot == NULL) {
        pthread_mutex_unlock(&slots->lock);
        slot = calloc(1, sizeof(*slot));
        if (slot == NULL) {
            w4j_log_to(provider->arguments.logger_cb, WSREP_LOG_ERROR, "no memory for a transaction");
            return NULL;
        }
        slot->magic = MAGIC;
        slot->kind = kind;
        slot->provider = provider;
        pthread_mutex_lock(&slots->lock);
    }
    slot->trx_id = trx_id;
    slot->generation++;
    slot->known_to_java = false;
    atomic_store(&slot->phase, W4J_GATHERING);
    link_live(slots, slot);
    pthread_mutex_unlock(&slots->lock);
    return slot;
}

static void destroy(struct w4j_slot *slot)
{
    JNIEnv *env = slot->java != NULL ? w4j_jvm_env() : NULL;
    if (env != NULL) {
        (*env)->DeleteGlobalRef(env, slot->java);
    }
    slot->magic = 0;
    free(slot->keys.bytes);
    free(slot->ordered.bytes);
    free(slot->unordered.bytes);
    free(slot->annotation.bytes);
    free(slot);
}

void w4j_slot_recycle(struct w4j_slot *slot)
{
    struct w4j_slots *slots = &slot->provider->slots;
    w4j_slot_clear_gathered(slot);
    pthread_mutex_lock(&slots->lock);
    unlink_live(slots, slot);
    /* Java must be entered to drop a companion: only where there is stack enough for it */
    bool keep = slots->idle_count < MAX_IDLE || (slot->java != NULL && !w4j_thread_may_enter_java());
    if (keep) {
        slot->next = slots->idle;
        slots->idle = slot;
        slots->idle_count++;
    }
    pthread_mutex_unlock(&slots->lock);
    if (!keep) {
        destroy(slot);
    }
}

struct w4j_slot *w4j_slot_of(struct w4j_provider *provider, void *opaque)
{
    struct w4j_slot *slot = opaque;
    return slot != NULL && slot->magic == MAGIC && slot->provider == provider ? slot : NULL;
}

static enum wsrep_status fail(struct w4j_slot *slot, enum wsrep_status now, enum wsrep_status at_certify, const char *why)
{
    if (slot->failure == WSREP_OK) {
        w4j_log_to(slot->provider->arguments.logger_cb, WSREP_LOG_WARN, why);
    }
    slot->failure = at_certify;
    return now;
}

/* Room for this many bytes more; NULL if there is none, after keeping the failure. */
static uint8_t *reserve(struct w4j_slot *slot, struct w4j_gathered *gathered, uint64_t more, enum wsrep_status *status)
{
    if (more > max_gathered || gathered->length + more > max_gathered) {
        *status = fail(slot, WSREP_SIZE_EXCEEDED, WSREP_SIZE_EXCEEDED, "a write set grows beyond 2 GiB: the transaction will fail at commit");
        return NULL;
    }
    uint64_t needed = gathered->length + more;
    if (needed > gathered->capacity || gathered->bytes == NULL) {
        uint64_t capacity = gathered->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : gathered->capacity * 2;
        capacity = capacity < needed ? needed : capacity;
        capacity = capacity > max_gathered ? max_gathered : capacity;
        uint8_t *bytes = realloc(gathered->bytes, capacity);
        if (bytes == NULL) {
            *status = fail(slot, WSREP_CONN_FAIL, WSREP_NODE_FAIL, "no memory for a write set: the transaction will fail at commit");
            return NULL;
        }
        gathered->bytes = bytes;
        gathered->capacity = capacity;
    }
    *status = WSREP_OK;
    return gathered->bytes + gathered->length;
}

static uint8_t *put_counted(uint8_t *to, const struct wsrep_buf *from)
{
    uint32_t length = (uint32_t) from->len;
    memcpy(to, &length, sizeof(length));
    if (length > 0) {
        memcpy(to + sizeof(length), from->ptr, length);
    }
    return to + sizeof(length) + length;
}

static enum wsrep_status append_key(struct w4j_slot *slot, const struct wsrep_buf *parts, size_t count, uint32_t type)
{
    uint64_t size = 2;
    for (size_t i = 0; i < count; i++) {
        bool absent = parts[i].ptr == NULL && parts[i].len > 0;
        if (absent || count > UINT8_MAX) {
            return fail(slot, WSREP_CONN_FAIL, WSREP_NODE_FAIL, "a key with more than 255 parts, or a part without address: the transaction will fail at commit");
        }
        size += sizeof(uint32_t) + (parts[i].len > max_gathered ? max_gathered : parts[i].len);
    }
    enum wsrep_status status;
    uint8_t *to = reserve(slot, &slot->keys, size, &status);
    if (to == NULL) {
        return status;
    }
    *to++ = (uint8_t) type;
    *to++ = (uint8_t) count;
    for (size_t i = 0; i < count; i++) {
        to = put_counted(to, &parts[i]);
    }
    slot->keys.length += size;
    slot->key_count++;
    return WSREP_OK;
}

enum wsrep_status w4j_slot_append_keys(struct w4j_slot *slot, const struct wsrep_key *keys, size_t count, uint32_t type)
{
    if (count == 0) {
        return append_key(slot, NULL, 0, type); /* the key that matches every transaction */
    }
    for (size_t i = 0; i < count; i++) {
        if (keys[i].key_parts == NULL && keys[i].key_parts_num > 0) {
            return fail(slot, WSREP_CONN_FAIL, WSREP_NODE_FAIL, "a key without parts: the transaction will fail at commit");
        }
        enum wsrep_status status = append_key(slot, keys[i].key_parts, keys[i].key_parts_num, type);
        if (status != WSREP_OK) {
            return status;
        }
    }
    return WSREP_OK;
}

static struct w4j_gathered *gathered_for(struct w4j_slot *slot, uint32_t type)
{
    return type == WSREP_DATA_ORDERED ? &slot->ordered : type == WSREP_DATA_UNORDERED ? &slot->unordered : &slot->annotation;
}

enum wsrep_status w4j_slot_append_data(struct w4j_slot *slot, const struct wsrep_buf *buffers, size_t count, uint32_t type)
{
    struct w4j_gathered *gathered = gathered_for(slot, type);
    for (size_t i = 0; i < count; i++) {
        if (buffers[i].ptr == NULL && buffers[i].len > 0) {
            return fail(slot, WSREP_CONN_FAIL, WSREP_NODE_FAIL, "data without address: the transaction will fail at commit");
        }
        bool counted = type == WSREP_DATA_UNORDERED;
        enum wsrep_status status;
        uint64_t size = buffers[i].len > max_gathered ? max_gathered : buffers[i].len;
        size += counted ? sizeof(uint32_t) : 0;
        uint8_t *to = reserve(slot, gathered, size, &status);
        if (to == NULL) {
            return status;
        }
        if (counted) {
            put_counted(to, &buffers[i]);
        } else if (size > 0) {
            memcpy(to, buffers[i].ptr, size);
        }
        gathered->length += size;
    }
    return WSREP_OK;
}

static void clear(struct w4j_gathered *gathered)
{
    gathered->length = 0;
    if (gathered->capacity > KEPT_CAPACITY) {
        free(gathered->bytes);
        *gathered = (struct w4j_gathered){0};
    }
}

void w4j_slot_clear_gathered(struct w4j_slot *slot)
{
    clear(&slot->keys);
    clear(&slot->ordered);
    clear(&slot->unordered);
    clear(&slot->annotation);
    slot->key_count = 0;
    slot->failure = WSREP_OK;
}

void w4j_slot_take_meta(struct w4j_slot *slot, const struct wsrep_trx_meta *meta)
{
    if (memcmp(&slot->meta, meta, sizeof(*meta)) != 0) {
        slot->meta = *meta;
        slot->meta_serial++;
    }
}

bool w4j_slots_abort(struct w4j_slots *slots, uint64_t trx_id, enum wsrep_status *answer)
{
    bool in_c = false;
    pthread_mutex_lock(&slots->lock);
    for (struct w4j_slot *slot = slots->live; slot != NULL && !in_c; slot = slot->next_live) {
        if (slot->kind == W4J_TRANSACTION && slot->trx_id == trx_id) {
            uint32_t phase = W4J_GATHERING;
            bool first = atomic_compare_exchange_strong(&slot->phase, &phase, W4J_ABORTED);
            in_c = first || phase == W4J_ABORTED;
            *answer = first ? WSREP_OK : WSREP_NOT_ALLOWED;
        }
    }
    pthread_mutex_unlock(&slots->lock);
    return in_c;
}
