# Where the scripts of this folder look for a JVM: the same places, in the same order, as libwsrep4j.so. Sourced with $here set to the folder.

oldest_java=17

# java_version JAVA_HOME: 17, 21, ...; nothing and false if the folder is no JDK or JRE
java_version() {
  [ -r "$1/lib/server/libjvm.so" ] && [ -x "$1/bin/java" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

# is_java JAVA_HOME: a JVM that is new enough
is_java() { [ -n "$1" ] && [ "$(java_version "$1")" -ge $oldest_java ] 2>/dev/null; }

# the folder that libwsrep4j.conf names, if it names one
configured_java() { sed -n 's/^[[:blank:]]*java\.home[[:blank:]]*=[[:blank:]]*//p' "$here/libwsrep4j.conf" | tail -n 1; }

# the folders in which distributions and people put JVMs
java_places() { printf '%s\n' /usr/lib/jvm /usr/java /opt/java /opt/jdk /opt; }

# java_homes: every JVM found
java_homes() {
  for home in "$(configured_java)" "${JAVA_HOME:-}"; do
    if is_java "$home"; then echo "$home"; fi
  done
  java_places | while read -r place; do
    for home in "$place"/*; do
      if is_java "$home"; then echo "$home"; fi
    done
  done
}

# newest_below PLACE: the newest JVM of these, or nothing
newest_below() {
  for home in "$1"/*; do
    if is_java "$home"; then echo "$(java_version "$home") $home"; fi
  done | sort -s -n -k 1,1 -r | sed -n '1s/^[0-9]* //p'
}

# java_home: the one to take; says why there is none
java_home() {
  home=$(configured_java)
  if [ -n "$home" ]; then
    is_java "$home" && echo "$home" && return 0
    echo "the Java home '$home', given by $here/libwsrep4j.conf, is no JDK or JRE of version $oldest_java or later" >&2
    return 1
  fi
  if is_java "${JAVA_HOME:-}"; then echo "$JAVA_HOME" && return 0; fi
  [ -z "${JAVA_HOME:-}" ] || echo "JAVA_HOME=$JAVA_HOME is no JDK or JRE of version $oldest_java or later; looking elsewhere" >&2
  for place in $(java_places); do
    home=$(newest_below "$place")
    if [ -n "$home" ]; then echo "$home" && return 0; fi
  done
  echo "no JVM of version $oldest_java or later in java.home of $here/libwsrep4j.conf, in JAVA_HOME, or below $(java_places | tr '\n' ' ')(on Debian: apt-get install openjdk-17-jre-headless)" >&2
  return 1
}
