# For scripts that install what is missing: the words they say, and Debian's packages.
# Read by `.`; the script defines missing_packages, which prints the names of the packages that are not there.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
fail() { say "$@"; exit 1; }

# As root, or by sudo where it asks for no password; otherwise the exact command is printed.
install_missing_packages() {
    packages=$(missing_packages | tr '\n' ' ')
    packages=${packages% }
    [ -n "$packages" ] || return 0
    update="apt-get update"
    install="apt-get install --no-install-recommends -y $packages"
    if [ "$(id -u)" = 0 ]; then sudo=; else sudo="sudo -n"; fi
    if ! command -v apt-get >/dev/null; then
        fail "this system lacks what Debian calls: $packages"
    elif ! $sudo true 2>/dev/null; then
        fail "this system lacks some packages; as root, run: $update && $install"
    fi
    say "installing $packages"
    $sudo $update -qq >/dev/null || say "$update failed; trying with the lists at hand"
    $sudo env DEBIAN_FRONTEND=noninteractive $install -qq >/dev/null || fail "this failed: $install"
    packages=$(missing_packages)
    [ -z "$packages" ] || fail "still missing after the installation:" $packages
}
