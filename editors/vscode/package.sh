#!/usr/bin/env bash
# Builds the extension for one platform, with its server inside.
#
#   editors/vscode/package.sh TARGET SERVER OUTPUT
#
#   TARGET  a platform as the Marketplace calls it: linux-x64, darwin-arm64, win32-x64, …
#   SERVER  the program `rlint` (`rlint.exe`) for that platform
#   OUTPUT  the file to write, for instance rlint-linux-x64.vsix
#
# Needs Node 22 or later (NODE names another than that on the PATH) and npm. What is downloaded stays in
# target/editors/vscode.
set -euo pipefail

[ $# = 3 ] || { sed -n '2,11p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2; }
target=$1
server=$(realpath "$2")
output=$(realpath -m "$3")
source=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$source/../.." && pwd)
node=${NODE:-node}
work=$root/target/editors/vscode
mkdir -p "$work"

# Everything happens below target/: the sources stay without what is downloaded and built.
cp "$source"/{package.json,package-lock.json,tsconfig.json,esbuild.mjs} "$work"
rm -rf "$work/src" "$work/stage"
cp -r "$source/src" "$work/src"
cd "$work"
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --ignore-scripts --no-fund --no-audit
  cp package-lock.json node_modules/.installed
fi
"$node" node_modules/typescript/bin/tsc
mkdir -p stage/bin
"$node" esbuild.mjs stage/dist

cp "$source"/{README.md,icon.png,.vscodeignore} "$root/CHANGELOG.md" stage
cp -r "$source/images" stage
cat "$root/LICENSE-MIT" <(printf '\n\n') "$root/LICENSE-APACHE" > stage/LICENSE.txt
case $target in
  win32-*) cp "$server" stage/bin/rlint.exe ;;
  *) install -m 755 "$server" stage/bin/rlint ;;
esac
# What only builds it is not of the package.
"$node" -e '
  const manifest = JSON.parse(require("fs").readFileSync("package.json", "utf8"));
  for (const key of ["private", "scripts", "dependencies", "devDependencies"]) delete manifest[key];
  require("fs").writeFileSync("stage/package.json", JSON.stringify(manifest, null, 2));
'
cd stage
links=https://github.com/rlint/rlint
"$node" ../node_modules/@vscode/vsce/vsce package --target "$target" --no-dependencies --out "$output" \
  --baseContentUrl "$links/blob/main/editors/vscode" --baseImagesUrl "$links/raw/main/editors/vscode"
