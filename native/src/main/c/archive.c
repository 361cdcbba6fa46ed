#include "archive.h"

#include "log.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool chosen_by_operator(const struct w4j_options *options)
{
    static const char *const prefixes[] = {"-Xshare", "-XX:SharedArchiveFile", "-XX:ArchiveClassesAtExit", "-XX:AOT"};
    for (size_t i = 0; i < options->count; i++) {
        for (size_t j = 0; j < sizeof(prefixes) / sizeof(prefixes[0]); j++) {
            if (strncmp(options->texts[i], prefixes[j], strlen(prefixes[j])) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* One line of a stamp. Of a jar also the time of its last change of any kind: a build gives every jar the same time of modification. */
static bool write_line(FILE *stamp, const char *path, bool is_jar)
{
    struct stat found;
    if (stat(path, &found) != 0) {
        return false;
    }
    fprintf(stamp, "%s %lld %lld.%09ld", path, (long long) found.st_size, (long long) found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
    if (is_jar) {
        fprintf(stamp, " %lld.%09ld", (long long) found.st_ctim.tv_sec, found.st_ctim.tv_nsec);
    }
    return fputc('\n', stamp) != EOF;
}

/* The stamp that prepare-start would write now, in malloc'ed memory; NULL if a file is not there. */
static char *stamp_now(const char *libjvm, const char *class_path)
{
    char *text = NULL;
    size_t size = 0;
    char *paths = strdup(class_path);
    FILE *stamp = paths != NULL ? open_memstream(&text, &size) : NULL;
    bool good = stamp != NULL && write_line(stamp, libjvm, false);
    char *rest = NULL;
    for (char *path = good ? strtok_r(paths, ":", &rest) : NULL; path != NULL && good; path = strtok_r(NULL, ":", &rest)) {
        good = write_line(stamp, path, true);
    }
    if (stamp != NULL) {
        good = fclose(stamp) == 0 && good;
    }
    free(paths);
    if (!good) {
        free(text);
        text = NULL;
    }
    return text;
}

static bool is_content(const char *path, const char *expected)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return false;
    }
    size_t length = strlen(expected);
    char *content = malloc(length + 1);
    bool same = content != NULL && fread(content, 1, length + 1, file) == length && memcmp(content, expected, length) == 0;
    free(content);
    fclose(file);
    return same;
}

/* <jars>/archive/<path of libjvm.so, with '_' for what is unfit for a name>.<suffix> */
static bool place(char *target, size_t size, const struct w4j_location *location, const char *libjvm, const char *suffix)
{
    char name[PATH_MAX];
    snprintf(name, sizeof(name), "%s", libjvm);
    for (char *c = name; *c != '\0'; c++) {
        if (!isalnum((unsigned char) *c) && *c != '.') {
            *c = '_';
        }
    }
    return snprintf(target, size, "%s/archive/%s.%s", location->jars, name, suffix) < (int) size;
}

bool w4j_archive_add(struct w4j_options *options, const struct w4j_location *location, const struct w4j_java *java, const char *class_path)
{
    char libjvm[PATH_MAX];
    char archive[PATH_MAX];
    char stamp[PATH_MAX];
    if (chosen_by_operator(options)) {
        return true;
    }
    bool named = realpath(java->libjvm, libjvm) != NULL && place(archive, sizeof(archive), location, libjvm, "jsa")
        && place(stamp, sizeof(stamp), location, libjvm, "stamp");
    char *expected = named ? stamp_now(libjvm, class_path) : NULL;
    bool fits = expected != NULL && is_content(stamp, expected);
    free(expected);
    if (!fits) {
        w4j_log(WSREP_LOG_INFO, "no archive of classes for %s and these jars: starting takes longer. To make one, run %s/prepare-start",
                java->libjvm, location->directory);
        return true;
    }
    w4j_log(WSREP_LOG_INFO, "archive of classes: %s", archive);
    return w4j_options_add(options, "-XX:SharedArchiveFile=%s", archive);
}
