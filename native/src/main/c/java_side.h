/* The Java side of the bridge: its classes and methods, looked up once. */
#ifndef WSREP4J_JAVA_SIDE_H
#define WSREP4J_JAVA_SIDE_H

#include "location.h"

#include <jni.h>
#include <stdbool.h>

/* Methods of io.wsrep4j.jna.BridgedProvider. Each returns a status with W4J_MARK set; out-parameters are addresses. */
#define W4J_METHODS(METHOD)                                                                                  \
    METHOD(INIT, "init", "(JJ)I")                                                                            \
    METHOD(CAPABILITIES, "capabilities", "(J)I")                                                             \
    METHOD(SET_OPTIONS, "setOptions", "(J)I")                                                                \
    METHOD(OPTIONS, "options", "(J)I")                                                                       \
    METHOD(PARAMETERS, "parameters", "(J)I")                                                                 \
    METHOD(SET_ENCRYPTION_KEY, "setEncryptionKey", "(JJ)I")                                                  \
    METHOD(CONNECT, "connect", "(JJJZ)I")                                                                    \
    METHOD(DISCONNECT, "disconnect", "()I")                                                                  \
    METHOD(RECEIVE, "receive", "(Lio/wsrep4j/jna/ApplierSlot;)I")                                            \
    METHOD(CERTIFY, "certify", "(Lio/wsrep4j/jna/TransactionSlot;JI)I")                                      \
    METHOD(CERTIFY_PLACED, "certifyPlaced", "(Lio/wsrep4j/jna/TransactionSlot;JIJ)I")                        \
    METHOD(COMMIT_ORDER_ENTER, "commitOrderEnter", "(Lio/wsrep4j/jna/Slot;)I")                               \
    METHOD(COMMIT_ORDER_LEAVE, "commitOrderLeave", "(Lio/wsrep4j/jna/Slot;JJ)I")                             \
    METHOD(RELEASE, "release", "(Lio/wsrep4j/jna/TransactionSlot;)I")                                        \
    METHOD(REPLAY, "replay", "(Lio/wsrep4j/jna/TransactionSlot;Lio/wsrep4j/jna/ApplierSlot;)I")              \
    METHOD(ABORT_CERTIFICATION, "abortCertification", "(JJJ)I")                                              \
    METHOD(ROLLBACK, "rollback", "(JJJ)I")                                                                   \
    METHOD(SYNC_WAIT, "syncWait", "(JIJ)I")                                                                  \
    METHOD(LAST_COMMITTED, "lastCommitted", "(J)I")                                                          \
    METHOD(TO_EXECUTE_START, "toExecuteStart", "(JJJJJIJ)I")                                                 \
    METHOD(TO_EXECUTE_END, "toExecuteEnd", "(JJJ)I")                                                         \
    METHOD(PREORDERED_COLLECT, "preorderedCollect", "(Lio/wsrep4j/jna/TransactionSlot;JJ)I")                 \
    METHOD(PREORDERED_COMMIT, "preorderedCommit", "(Lio/wsrep4j/jna/TransactionSlot;JIIZ)I")                 \
    METHOD(SST_SENT, "sstSent", "(JI)I")                                                                     \
    METHOD(SST_RECEIVED, "sstReceived", "(JJJI)I")                                                           \
    METHOD(STATUS, "status", "(J)I")                                                                         \
    METHOD(RESET_STATUS, "resetStatus", "()I")                                                               \
    METHOD(PAUSE, "pause", "(J)I")                                                                           \
    METHOD(RESUME, "resume", "()I")                                                                          \
    METHOD(DESYNC, "desync", "()I")                                                                          \
    METHOD(RESYNC, "resync", "()I")                                                                          \
    METHOD(FREE, "free", "()I")

enum w4j_method {
#define W4J_ID(id, name, signature) W4J_##id,
    W4J_METHODS(W4J_ID)
#undef W4J_ID
    W4J_METHOD_COUNT
};

/* Java's own answers carry it, so that a lost exception, which leaves 0, is never taken for WSREP_OK. */
enum { W4J_MARK = 0x100 };

struct w4j_java_side {
    jclass bridge;
    jmethodID create;          /* static BridgedProvider create(long provider) */
    jmethodID transaction;     /* static TransactionSlot transactionSlot(long slot) */
    jmethodID applier;         /* static ApplierSlot applierSlot(long slot) */
    jmethodID methods[W4J_METHOD_COUNT];
};

extern struct w4j_java_side w4j_java_side;

/* The name of a method, for logs. */
const char *w4j_java_side_name(enum w4j_method method);

/* Loads the classes, from the JVM's class path or, in a JVM of somebody else, from our jars. False on failure; the reason is logged. */
bool w4j_java_side_load(JNIEnv *env, const struct w4j_location *location, bool own_jvm);

#endif
