#!/bin/bash
# Builds the Debian package: build.sh <the folder that module native leaves> <version> <date> <output folder>. Prints the package's file name.
# The same input gives the same bytes. What is where in the package, and why, says layout below.
set -euo pipefail
umask 022
export LC_ALL=C

here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd -P)
[ $# -eq 4 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
distribution=$(readlink -f "$1") version=$2 date=$3 output=$(readlink -f "$4")
repository=$(readlink -f "$here/../..")

refuse() { echo "packaging/debian/build.sh: $1" >&2; exit 1; }

[ -f "$distribution/libwsrep4j.so" ] || refuse "no libwsrep4j.so in $1; run ./wsrep4j package"
for tool in dpkg-deb:dpkg dpkg-shlibdeps:dpkg-dev strip:binutils; do
  command -v "${tool%:*}" >/dev/null || refuse "${tool%:*} is missing: run   apt-get install ${tool#*:}"
done
SOURCE_DATE_EPOCH=$(date -u -d "$date" +%s) || refuse "'$date' is no date, such as 2026-01-01T00:00:00Z"
export SOURCE_DATE_EPOCH

[[ $version =~ ^[0-9][A-Za-z0-9.]*(-[A-Za-z0-9.]+)*$ ]] || refuse "'$version' is no version, such as 0.1.0 or 0.1.0-SNAPSHOT"
# 0.1.0-SNAPSHOT comes before 0.1.0, which Debian writes with a tilde; -1: the first package of that version
debian_version=${version//-/\~}-1
architecture=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/wsrep4j
control=$root/DEBIAN
home=usr/lib/wsrep4j
doc=$root/usr/share/doc/wsrep4j

# put MODE SOURCE TARGET...: a file into the package
put() { install -D -m "$1" "$2" "$root/$3"; }

# fill SOURCE TARGET: with what only the build knows
fill() {
  sed -e "s/@VERSION@/$debian_version/g" -e "s/@ARCHITECTURE@/$architecture/g" -e "s/@DATE@/$(date -u -R -d "$date")/g" \
    -e "s/@LIBRARIES@/${libraries:-}/g" -e "s/@SIZE@/${size:-}/g" -e "s/@MANUAL_DATE@/$(date -u -d "$date" +%F)/g" "$1" >"$2"
}

# layout: /usr/lib/wsrep4j is the folder that a server loads from, as in the archive. What is not bound to the processor is in
# /usr/share/wsrep4j, what the operator changes in /etc/wsrep4j, what prepare-start makes in /var/cache/wsrep4j; the folder has links to them.
layout() {
  local file name
  mkdir -p "$root/$home/lib/arbitrator" "$root/usr/share/wsrep4j/arbitrator" "$root/var/cache/wsrep4j/archive" "$root/usr/bin" "$doc"
  for file in "$distribution"/libwsrep4j.so "$distribution"/lib/*.so; do
    name=${file#"$distribution"/}
    put 644 "$file" "$home/$name"
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/$home/$name"
  done
  for file in "$distribution"/lib/*.jar "$distribution"/lib/arbitrator/*.jar; do
    name=${file#"$distribution"/lib/}
    put 644 "$file" "usr/share/wsrep4j/$name"
    ln -sr "$root/usr/share/wsrep4j/$name" "$root/$home/lib/$name"
  done
  for file in java.sh jvm.options arbitrator/jvm.options; do
    put 644 "$distribution/lib/$file" "$home/lib/$file"
  done
  put 755 "$distribution/prepare-start" $home/prepare-start
  put 755 "$distribution/wsrep4j" $home/wsrep4j
  put 755 "$here/start-arbitrator" $home/start-arbitrator
  ln -s wsrep4j "$root/$home/garbd"
  ln -s ../lib/wsrep4j/wsrep4j "$root/usr/bin/wsrep4j"
  put 644 "$distribution/libwsrep4j.conf" etc/wsrep4j/libwsrep4j.conf
  ln -s /etc/wsrep4j/libwsrep4j.conf "$root/$home/libwsrep4j.conf"
  ln -s /var/cache/wsrep4j/archive "$root/$home/lib/archive"

  put 644 "$here/70-wsrep4j.cnf" etc/mysql/mariadb.conf.d/70-wsrep4j.cnf
  put 644 "$here/apparmor" etc/apparmor.d/abstractions/wsrep4j
  put 644 "$here/wsrep4j-arbitrator.default" etc/default/wsrep4j-arbitrator
  put 644 "$here/wsrep4j-arbitrator.service" lib/systemd/system/wsrep4j-arbitrator.service
}

documentation() {
  local page
  put 644 "$here/copyright" usr/share/doc/wsrep4j/copyright
  put 644 "$here/README.Debian" usr/share/doc/wsrep4j/README.Debian
  put 644 "$repository/docs/operations.md" usr/share/doc/wsrep4j/operations.md
  put 644 "$repository/docs/options.md" usr/share/doc/wsrep4j/options.md
  put 644 "$repository/CHANGELOG.md" usr/share/doc/wsrep4j/changelog
  fill "$here/changelog.in" "$doc/changelog.Debian"
  mkdir -p "$root/usr/share/man/man8"
  fill "$here/wsrep4j.8.in" "$root/usr/share/man/man8/wsrep4j.8"
  for page in "$doc"/{changelog,changelog.Debian,operations.md,options.md} "$root/usr/share/man/man8/wsrep4j.8"; do
    gzip -9n "$page"
  done
  put 644 "$here/lintian-overrides" usr/share/lintian/overrides/wsrep4j
}

# what the three libraries need of the system's, with the versions that this machine's say
needed_libraries() {
  local answer
  mkdir -p "$work/debian"
  printf 'Source: wsrep4j\n\nPackage: wsrep4j\nArchitecture: any\n' >"$work/debian/control"
  answer=$(cd "$work" && dpkg-shlibdeps --ignore-missing-info -O "$root/$home"/libwsrep4j.so "$root/$home"/lib/*.so 2>"$work/shlibdeps.log") ||
    refuse "$(cat "$work/shlibdeps.log")"
  sed -n 's/^shlibs:Depends=//p' <<<"$answer"
}

control_files() {
  local script
  mkdir -p "$control"
  libraries=$(needed_libraries)
  # KiB as Debian's policy counts them; not what the disk has allotted so far
  size=$(find "$root" -path "$control" -prune -o -printf '%y %s\n' | awk '{ kib += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print kib }')
  fill "$here/control.in" "$control/control"
  (cd "$root" && find etc -type f -printf '/%p\n' | sort) >"$control/conffiles"
  (cd "$root" && find . -type f -not -path './DEBIAN/*' -not -path './etc/*' -printf '%P\n' | sort | xargs -d '\n' md5sum) >"$control/md5sums"
  install -m 644 "$here/triggers" "$control/triggers"
  for script in postinst prerm postrm; do
    install -m 755 "$here/$script" "$control/$script"
  done
}

layout
documentation
control_files
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
package=$output/wsrep4j_${debian_version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >/dev/null
echo "$package"
