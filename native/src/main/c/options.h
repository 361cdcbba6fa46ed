/*
 * What the JVM is started with: <lib>/jvm.options (ours), libwsrep4j.conf (the operator's), the environment variable WSREP4J_JAVA_OPTIONS; a
 * later one wins where HotSpot lets it.
 */
#ifndef WSREP4J_OPTIONS_H
#define WSREP4J_OPTIONS_H

#include "location.h"

#include <jni.h>
#include <stddef.h>

#define W4J_OPTIONS_VARIABLE "WSREP4J_JAVA_OPTIONS"

struct w4j_options {
    char **texts;
    size_t count;
    size_t capacity;
    char *java_home; /* "java.home = ..." of libwsrep4j.conf; NULL if it has none */
};

/* False if a file cannot be read or says what it must not; the reason, with file and line, is logged. */
bool w4j_options_read(struct w4j_options *options, const struct w4j_location *location);

/* Adds a formatted option. False without memory. */
bool w4j_options_add(struct w4j_options *options, const char *format, ...) __attribute__((format(printf, 2, 3)));

void w4j_options_clear(struct w4j_options *options);

/*
 * Takes "java.home=..." out of the host's provider options. Returns what is left in malloc'ed memory, NULL without memory; *java_home is
 * malloc'ed, or NULL if there was none.
 */
char *w4j_options_take_java_home(const char *provider_options, char **java_home);

#endif
