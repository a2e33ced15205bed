#!/bin/bash
# cmake --install into a folder of its own: every file is in its place for any prefix, the unit and lorenz.pc name the prefix, an
# edited configuration stays; and README's program of the library builds against it, by pkg-config and by find_package.
# Usage: install.sh BUILD PROJECT CC
set -eu
build=$1 project=$2 cc=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset DESTDIR
export LC_ALL=C.UTF-8

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

# installed ROOT PREFIX: the files below ROOT, without the prefix
installed() {
	DESTDIR=$1 cmake --install "$build" --prefix "$2" >"$work/log" 2>&1 || { cat "$work/log" >&2 && fail "cmake --install --prefix $2"; }
	(cd "$1" && find . -type f | sed "s|^\.$2/|PREFIX/|; s|^\./|/|; s|/lib/[a-z0-9_]*-linux-gnu[a-z0-9_]*/|/lib/|" | sort)
}

expected() {
	sed 's|^|PREFIX/|' <<-END
		bin/lorenzctl
		bin/lorenzd
		include/lorenz/case.h
		include/lorenz/efficiency.h
		include/lorenz/lorenz.h
		include/lorenz/plant.h
		include/lorenz/properties.h
		include/lorenz/technology.h
		lib/cmake/lorenz/lorenzConfig.cmake
		lib/cmake/lorenz/lorenzConfigVersion.cmake
		lib/cmake/lorenz/lorenzTargets-relwithdebinfo.cmake
		lib/cmake/lorenz/lorenzTargets.cmake
		lib/liblorenz.a
		lib/pkgconfig/lorenz.pc
		lib/systemd/system/lorenzd.service
		lib/sysusers.d/lorenzd.conf
		share/bash-completion/completions/lorenzctl
		share/bash-completion/completions/lorenzd
		share/doc/liblorenz-dev/changelog
		share/doc/liblorenz-dev/copyright
		share/doc/lorenzd/README.md
		share/doc/lorenzd/changelog
		share/doc/lorenzd/copyright
		share/doc/lorenzd/examples/lorenzd.yaml
		share/doc/lorenzd/examples/technologies.yaml
		share/fish/vendor_completions.d/lorenzctl.fish
		share/man/man1/lorenzctl.1
		share/man/man5/lorenzd.yaml.5
		share/man/man8/lorenzd.8
		share/zsh/site-functions/_lorenzctl
	END
	(cd "$project/config" && printf 'PREFIX/share/doc/lorenzd/examples/%s\n' mosquitto/*)
	(cd "$project/config/examples" && printf 'PREFIX/share/doc/lorenzd/examples/%s\n' *.yaml)
	(cd "$project/schema" && printf 'PREFIX/share/doc/lorenzd/schema/%s\n' *.json)
	[ "$1" != /usr ] || echo /etc/lorenzd/lorenzd.yaml
}

for prefix in /usr /usr/local /opt/lorenz; do
	diff <(expected "$prefix" | sort) <(installed "$work$prefix/root" "$prefix") || fail "prefix $prefix: files are missing (<) or too many (>)"
	below=$work$prefix/root$prefix
	grep -qxF "ExecStart=$prefix/bin/lorenzd --config /etc/lorenzd/lorenzd.yaml" "$below/lib/systemd/system/lorenzd.service" ||
		fail "prefix $prefix: the unit starts another program"
	grep -qxF "prefix=$prefix" "$(find "$below" -name lorenz.pc)" || fail "prefix $prefix: lorenz.pc names another one"
done
grep -rnI '@[A-Z_]\+@' "$work/usr/root" && fail "left unconfigured"

configuration=$work/usr/root/etc/lorenzd/lorenzd.yaml
"$work/usr/root/usr/bin/lorenzd" --config "$configuration" --check || fail "the installed configuration is not valid"
echo "# edited" >>"$configuration"
installed "$work/usr/root" /usr >/dev/null
tail -n 1 "$configuration" | grep -qxF "# edited" || fail "an edited configuration was written over"

# ---- the manual has every key and every option -------------------------------------------

man_page() {
	MANWIDTH=500 man --warnings -l "$work/usr/root/usr/share/man/$1" 2>"$work/warnings" >"$work/page"
	[ ! -s "$work/warnings" ] || { cat "$work/warnings" >&2 && fail "$1: warnings"; }
}

man_page man5/lorenzd.yaml.5
"$build/bin/lorenzctl" check --keys | grep -E '^[a-z_.<>]+$' >"$work/keys"
[ "$(wc -l <"$work/keys")" -gt 60 ] || fail "lorenzctl check --keys prints too little"
sed 's/^ *//' "$work/page" | grep -xFf "$work/keys" | sort -u | diff - <(sort -u "$work/keys") || fail "lorenzd.yaml(5) lacks keys"

man_page man1/lorenzctl.1
for command in solve sweep pareto check replay history status alarms; do
	"$build/bin/lorenzctl" $command --help | grep -oE '^  --[a-z0-9-]+( [A-Z=]+)?' >"$work/options"
	awk -v head="lorenzctl $command" '/^[^ ]/ { inside = $0 == head } inside { sub(/^ +/, ""); print }' "$work/page" >"$work/section"
	while read -r option; do
		grep -qxF -- "$option" "$work/section" || fail "lorenzctl(1): $command lacks $option"
	done <"$work/options"
done
man_page man8/lorenzd.8
grep -qF -- '--log-level LEVEL' "$work/page" || fail "lorenzd(8) lacks --log-level"

# ---- the library -------------------------------------------------------------------------

prefix=$work/prefix
cmake --install "$build" --prefix "$prefix" >/dev/null
mkdir "$work/dryer"
cd "$work/dryer"
awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$project/README.md" >dryer.c
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(dryer LANGUAGES C)
find_package(lorenz 0.1 REQUIRED)
add_executable(dryer dryer.c)
target_link_libraries(dryer PRIVATE lorenz::lorenz)
END
answer="111.05 degC, saves 22.39 EUR/h"

PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name lorenz.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046
"$cc" -std=c11 -Wall -Wextra -Werror dryer.c $(pkg-config --cflags --libs lorenz) -o by-pkg-config || fail "does not build by pkg-config"
[ "$(./by-pkg-config)" = "$answer" ] || fail "by pkg-config: $(./by-pkg-config)"
if ! { cmake -S . -B build -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$prefix" && cmake --build build; } >log 2>&1; then
	cat log >&2
	fail "does not build by find_package"
fi
[ "$(build/dryer)" = "$answer" ] || fail "by find_package: $(build/dryer)"
[ "$(pkg-config --modversion lorenz)" = "$("$prefix/bin/lorenzd" --version | cut -d ' ' -f 2)" ] || fail "lorenz.pc has another version"
echo "installed for three prefixes, $(wc -l <"$work/keys") keys in the manual, $answer twice"
