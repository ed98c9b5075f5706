#!/usr/bin/env bash
# Builds the documentation site: build.sh [FOLDER], by default target/site of the checkout. Open FOLDER/index.html, or serve
# the folder with any web server, under any path. Javadoc of modules is added where `mvn -Prelease` built its jars.
# Exit code 1: a page has a link to a file or a heading that does not exist; the message names page, line and link.
set -euo pipefail
home=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$home/target/site}
if [ -e "$folder" ] && [ -n "$(ls -A "$folder")" ]; then
    [ -f "$folder/search-index.js" ] || { echo "build.sh: $folder is not empty and not a site; name another folder" >&2; exit 2; }
    rm -rf "$folder"
fi
mapfile -t javadoc < <(find "$home" -path '*/target/*-javadoc.jar' -not -path "$folder/*" | sort)
exec "$home/examples/benchmarks/program" site.Site "$home" "$folder" ${javadoc[@]+"${javadoc[@]}"}
