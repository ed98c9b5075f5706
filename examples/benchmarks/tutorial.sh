#!/usr/bin/env bash
# tutorial.sh: follows .github/docs/from-500-chats.md with an installed archive, without Java, Maven and checkout on PATH and with an
# empty home, and prints how long each section takes. It types without pauses: a person needs more time to read.
# First `mvn -Prelease -DskipTests package`. Usage: tutorial.sh [ARCHIVE]   (workers/release/target/septet-*-linux-x86_64.tar.gz)
set -euo pipefail
home=$(cd "$(dirname "$0")/../.." && pwd)
page=$home/.github/docs/from-500-chats.md
archive=$(realpath "${1:-$(echo "$home"/workers/release/target/septet-*-linux-x86_64.tar.gz)}")
[ -f "$archive" ] || { echo "septet: there is no archive $archive; run mvn -Prelease -DskipTests package" >&2; exit 1; }
room=$(mktemp -d)
dev=
end() {
    [ -z "$dev" ] || { kill "$dev" && wait "$dev" || true; }
    rm -rf "$room"
}
trap end EXIT
mkdir "$room/home" "$room/bin" "$room/work" "$room/blocks"
ln -s -f /usr/bin/* /usr/sbin/* "$room/bin"
rm -f "$room"/bin/{java,javac,jlink,keytool,mvn,temporal,pip*,python*}
# The pipeline file, and for each section with commands its title and a script.
awk -v to="$room/blocks/" '
    /^## / { title = substr($0, 4) }
    /^```groovy$/ { out = (to "pipeline.groovy"); next }
    /^```bash$/ { if (title != last) { last = title; number += 1; print title > (to number ".title") } out = (to number ".sh"); next }
    /^```/ { out = ""; next }
    out { print > out }' "$page"

tell() { # WHAT STARTED
    local took=$(($(date +%s%N) - $2))
    printf '| %s | %d.%d |\n' "$1" $((took / 1000000000)) $((took / 100000000 % 10))
}
typed() { # as the archive's user types them
    sed 's#\./septet#septet#g' "$1" | env -i PATH="$room/bin:$septet/bin:$septet/libexec" HOME="$room/home" NO_PROXY=127.0.0.1 \
        TEMPORAL_CONFIG_FILE="$room/home/.local/state/septet/server.toml" bash -e > "$room/said.txt" 2>&1 \
        || { tail -n 40 "$room/said.txt" >&2; echo "septet: a command of the page failed" >&2; exit 1; }
}

printf '| part of the page | seconds |\n| --- | --- |\n'
cd "$room/work"
began=$(date +%s%N)
tar -xzf "$archive"
septet=$(echo "$PWD"/septet-*)
tell 'unpack the archive' "$began"
since=$(date +%s%N)
mkdir -p support/data
head -n 500 "$septet/examples/quickstart/data/tickets.jsonl" > support/data/chats.jsonl
cp -r "$septet/examples/quickstart/base-model" support/
cp "$room/blocks/pipeline.groovy" support/
env -i PATH="$room/bin:$septet/bin" HOME="$room/home" septet dev --pipelines . > "$room/dev.txt" 2>&1 &
dev=$!
until grep -q '^Ready' "$room/dev.txt"; do
    kill -0 "$dev" 2> /dev/null || { cat "$room/dev.txt" >&2; dev=; exit 1; }
    sleep 0.1
done
tell 'The files; `septet dev` until it is ready' "$since"
for title in "$room"/blocks/*.title; do
    since=$(date +%s%N)
    typed "${title%.title}.sh"
    [ "$(basename "$title")" != 2.title ] || grep -q ' GO' "$room/said.txt"
    tell "$(cat "$title")" "$since"
done
since=$(date +%s%N)
cat > "$room/blocks/wait" <<'WAIT'
until id=$(temporal workflow list --query "TemporalScheduledById = 'support'" --output json | grep -o '"workflowId": *"[^"]*"' | head -n 1); [ -n "$id" ]; do
    sleep 0.2
done
id=${id%\"}
temporal workflow result --workflow-id "${id##*\"}"
WAIT
typed "$room/blocks/wait"
grep -q '"deployment"' "$room/said.txt"
tell 'the run of the schedule, until its model is published' "$since"
tell '**everything**' "$began"
