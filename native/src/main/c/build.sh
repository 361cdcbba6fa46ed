#!/bin/sh
# Builds libwsrep4j.so: build.sh <output folder> <JDK> <version>. Says what is missing, if something is.
set -eu
output=$1 jdk=$2 version=$3

missing() {
  echo "wsrep4j: $1, needed to build libwsrep4j.so. On Debian: apt-get install $2" >&2
  exit 1
}

command -v gcc >/dev/null 2>&1 || missing "gcc is missing" "gcc libc6-dev make"
command -v make >/dev/null 2>&1 || missing "make is missing" "make"
echo '#include <stdio.h>' | gcc -E - >/dev/null 2>&1 || missing "the C library's headers are missing" "libc6-dev"
[ -f "$jdk/include/jni.h" ] || missing "there is no jni.h in $jdk/include, so Maven does not run on a JDK" "openjdk-17-jdk-headless"

exec make -s -j2 OUT="$output" JAVA_HOME="$jdk" VERSION="$version"
