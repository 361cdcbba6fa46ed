#include "options.h"

#include "log.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool append(struct w4j_options *options, char *text)
{
    if (text == NULL) {
        return false;
    }
    if (options->count == options->capacity) {
        size_t capacity = options->capacity == 0 ? 64 : options->capacity * 2;
        char **texts = realloc(options->texts, capacity * sizeof(*texts));
        if (texts == NULL) {
            free(text);
            return false;
        }
        options->texts = texts;
        options->capacity = capacity;
    }
    options->texts[options->count++] = text;
    return true;
}

bool w4j_options_add(struct w4j_options *options, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return length >= 0 && append(options, text);
}

void w4j_options_clear(struct w4j_options *options)
{
    for (size_t i = 0; i < options->count; i++) {
        free(options->texts[i]);
    }
    free(options->texts);
    free(options->java_home);
    *options = (struct w4j_options){0};
}

static char *trimmed(const char *begin, const char *end)
{
    while (begin < end && isspace((unsigned char) *begin)) {
        begin++;
    }
    while (end > begin && isspace((unsigned char) end[-1])) {
        end--;
    }
    return strndup(begin, (size_t) (end - begin));
}

/* If the text is "java.home = value", the value; else NULL. */
static char *java_home_of(const char *begin, const char *end)
{
    static const char key[] = "java.home";
    while (begin < end && isspace((unsigned char) *begin)) {
        begin++;
    }
    if ((size_t) (end - begin) < sizeof(key) - 1 || strncmp(begin, key, sizeof(key) - 1) != 0) {
        return NULL;
    }
    begin += sizeof(key) - 1;
    while (begin < end && isspace((unsigned char) *begin)) {
        begin++;
    }
    return begin < end && *begin == '=' ? trimmed(begin + 1, end) : NULL;
}

/* Splits at blanks, double quotes keep a piece together; returns NULL or what is wrong. */
static const char *split(struct w4j_options *options, const char *text)
{
    while (true) {
        while (isspace((unsigned char) *text)) {
            text++;
        }
        if (*text == '\0') {
            return NULL;
        }
        if (*text != '-') {
            return "a JVM option begins with '-'";
        }
        char *option = malloc(strlen(text) + 1);
        char *end = option;
        bool quoted = false;
        if (option == NULL) {
            return "no memory";
        }
        for (; *text != '\0' && (quoted || !isspace((unsigned char) *text)); text++) {
            if (*text == '"') {
                quoted = !quoted;
            } else {
                *end++ = *text;
            }
        }
        *end = '\0';
        if (quoted) {
            free(option);
            return "a double quote is not closed";
        }
        if (!append(options, option)) {
            return "no memory";
        }
    }
}

static const char *read_line(struct w4j_options *options, const char *line)
{
    while (isspace((unsigned char) *line)) {
        line++;
    }
    if (*line == '\0' || *line == '#') {
        return NULL;
    }
    char *home = java_home_of(line, line + strlen(line));
    if (home == NULL) {
        return *line == '-' ? split(options, line) : "allowed are 'java.home = PATH', JVM options, which begin with '-', and comments, which begin with '#'";
    }
    free(options->java_home);
    options->java_home = home;
    return home[0] == '/' ? NULL : "java.home must be an absolute path";
}

static bool read_file(struct w4j_options *options, const char *path, bool must_exist)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        if (errno == ENOENT && !must_exist) {
            return true;
        }
        w4j_log(WSREP_LOG_ERROR, "cannot read the JVM options in %s: %s", path, strerror(errno));
        return false;
    }
    char *line = NULL;
    size_t size = 0;
    const char *problem = NULL;
    errno = 0;
    for (int number = 1; problem == NULL && getline(&line, &size, file) >= 0; number++) {
        problem = read_line(options, line);
        if (problem != NULL) {
            line[strcspn(line, "\n")] = '\0';
            w4j_log(WSREP_LOG_ERROR, "%s, line %d: '%s': %s", path, number, line, problem);
        }
    }
    if (problem == NULL && ferror(file)) {
        problem = strerror(errno);
        w4j_log(WSREP_LOG_ERROR, "cannot read the JVM options in %s: %s", path, problem);
    }
    free(line);
    fclose(file);
    return problem == NULL;
}

bool w4j_options_read(struct w4j_options *options, const struct w4j_location *location)
{
    if (!read_file(options, location->needed, true) || !read_file(options, location->configuration, false)) {
        return false;
    }
    const char *environment = getenv(W4J_OPTIONS_VARIABLE);
    const char *problem = environment != NULL ? split(options, environment) : NULL;
    if (problem != NULL) {
        w4j_log(WSREP_LOG_ERROR, "environment variable " W4J_OPTIONS_VARIABLE "='%s': %s", environment, problem);
    }
    return problem == NULL;
}

char *w4j_options_take_java_home(const char *provider_options, char **java_home)
{
    *java_home = NULL;
    char *left = calloc(1, strlen(provider_options) + 1);
    if (left == NULL) {
        return NULL;
    }
    char *end = left;
    const char *pair = provider_options;
    while (*pair != '\0') {
        const char *stop = pair;
        while (*stop != '\0' && *stop != ';') {
            stop += stop[0] == '\\' && stop[1] != '\0' ? 2 : 1;
        }
        char *home = java_home_of(pair, stop);
        if (home != NULL) {
            free(*java_home);
            *java_home = home;
        } else {
            size_t length = (size_t) (stop - pair) + (*stop == ';' ? 1 : 0);
            memcpy(end, pair, length);
            end += length;
        }
        pair = *stop == ';' ? stop + 1 : stop;
    }
    *end = '\0';
    return left;
}
