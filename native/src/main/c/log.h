/* Log lines of the shim, of the JVM and of Java go to the host's logger; before the first init and after the last free to stderr. */
#ifndef WSREP4J_LOG_H
#define WSREP4J_LOG_H

#include "abi.h"

#include <stdarg.h>

/* Makes this logger the one that lines without a provider of their own go to. Each call needs one w4j_log_detach. */
void w4j_log_attach(wsrep_logger_cb logger);
void w4j_log_detach(wsrep_logger_cb logger);

/* A line to one provider's logger. */
void w4j_log_to(wsrep_logger_cb logger, enum wsrep_log_level level, const char *message);

/* A line that belongs to the process. */
void w4j_log(enum wsrep_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* HotSpot's vfprintf hook: gathers the JVM's own messages to lines. */
int w4j_log_jvm_message(void *stream, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

#endif
