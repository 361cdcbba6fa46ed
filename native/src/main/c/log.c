#include "log.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LOGGERS = 64, LINE_BYTES = 4096 };

static pthread_mutex_t loggers_lock = PTHREAD_MUTEX_INITIALIZER;
static wsrep_logger_cb loggers[MAX_LOGGERS];
static int logger_count;

void w4j_log_attach(wsrep_logger_cb logger)
{
    pthread_mutex_lock(&loggers_lock);
    if (logger != NULL && logger_count < MAX_LOGGERS) {
        loggers[logger_count++] = logger;
    }
    pthread_mutex_unlock(&loggers_lock);
}

void w4j_log_detach(wsrep_logger_cb logger)
{
    pthread_mutex_lock(&loggers_lock);
    for (int i = logger_count - 1; i >= 0; i--) {
        if (loggers[i] == logger) {
            memmove(&loggers[i], &loggers[i + 1], (size_t) (logger_count - i - 1) * sizeof(loggers[0]));
            logger_count--;
            break;
        }
    }
    pthread_mutex_unlock(&loggers_lock);
}

static wsrep_logger_cb newest_logger(void)
{
    pthread_mutex_lock(&loggers_lock);
    wsrep_logger_cb logger = logger_count > 0 ? loggers[logger_count - 1] : NULL;
    pthread_mutex_unlock(&loggers_lock);
    return logger;
}

void w4j_log_to(wsrep_logger_cb logger, enum wsrep_log_level level, const char *message)
{
    static const char *const names[] = {"FATAL", "ERROR", "WARN", "INFO", "DEBUG"};
    if (logger == NULL) {
        logger = newest_logger();
    }
    if (logger != NULL) {
        logger(level, message);
    } else {
        fprintf(stderr, "wsrep4j [%s] %s\n", names[level > WSREP_LOG_DEBUG ? WSREP_LOG_DEBUG : level], message);
    }
}

void w4j_log(enum wsrep_log_level level, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    w4j_log_to(NULL, level, line);
}

int w4j_log_jvm_message(void *stream, const char *format, va_list arguments)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char pending[LINE_BYTES];
    static size_t used;
    if (stream != stdout && stream != stderr) {
        return vfprintf(stream, format, arguments); /* a file that the operator's -Xlog named */
    }
    char text[LINE_BYTES];
    int written = vsnprintf(text, sizeof(text), format, arguments);
    pthread_mutex_lock(&lock);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c != '\n' && used < sizeof(pending) - 1) {
            pending[used++] = *c;
            continue;
        }
        pending[used] = '\0';
        if (used > 0) {
            w4j_log(strncmp(pending, "Error", 5) == 0 ? WSREP_LOG_ERROR : WSREP_LOG_WARN, "JVM: %s", pending);
        }
        used = 0;
    }
    pthread_mutex_unlock(&lock);
    return written;
}
