#!/usr/bin/env bash
# Whether the runner has a Node that pprof-otlp runs on; it is left alone then.
set -euo pipefail
usable=false
if command -v node >/dev/null && command -v npm >/dev/null; then
  usable=$(node -p 'const [major, minor] = process.versions.node.split(".").map(Number); major > 20 || (major === 20 && minor >= 19)')
fi
echo "usable=$usable" >>"$GITHUB_OUTPUT"
