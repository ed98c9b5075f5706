# MEMORY_KB CPU_SECONDS COMMAND...: runs the command with limits; without a network and without new privileges where
# the system allows that to an ordinary user.
memory=$1
cpu=$2
shift 2
ulimit -c 0
ulimit -Ht $((cpu + 5))
ulimit -St "$cpu"
ulimit -f 1048576
ulimit -v "$memory" 2>/dev/null
if setpriv --no-new-privs true 2>/dev/null; then
    set -- setpriv --no-new-privs "$@"
fi
if unshare -rn true 2>/dev/null; then
    set -- unshare -rn "$@"
fi
exec "$@"
