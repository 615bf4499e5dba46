#!/usr/bin/env bash
# Installs pprof-otlp into a folder of its own and says where its program lies. A checkout of the action has no dist/; the
# package is one download, with no dependencies and nothing that runs at its installation.
set -euo pipefail
version=${INPUT_VERSION:-}

fail() {
  echo "::error title=pprof-otlp::$1"
  exit 2
}

if [ "$version" = source ]; then
  root=$GITHUB_ACTION_PATH
  [ -f "$root/dist/cli.js" ] || (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund && npm run build)
  echo "program=$root/bin/pprof-otlp.js" >>"$GITHUB_OUTPUT"
  exit 0
fi

if [ -z "$version" ]; then
  version=$(node -p 'JSON.parse(fs.readFileSync(process.argv[1], "utf8")).version' "$GITHUB_ACTION_PATH/package.json")
fi
case $version in
  *[!A-Za-z0-9._+~^/\\:@-]* | -*) fail 'version: give a version of pprof-otlp on npm, the path of a tarball, or source' ;;
  *.tgz) package=$version ;;
  *) package=pprof-otlp@$version ;;
esac
folder=$(mktemp -d "${RUNNER_TEMP:?}/pprof-otlp-XXXXXX")
npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --no-package-lock --no-save "$package" ||
  fail "could not install $package; give another version, or \"version: source\" to build the one of the action"
echo "program=$folder/node_modules/pprof-otlp/bin/pprof-otlp.js" >>"$GITHUB_OUTPUT"
