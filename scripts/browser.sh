#!/bin/sh
# Finds the Chromium the tests drive, or installs Debian's. Prints one line.
set -e
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then echo "browser: $(command -v "$name")"; exit 0; fi
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "browser: none found, installing Debian's chromium"
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null
  echo "browser: $(command -v chromium)"
else
  echo "browser: none found; install chromium (Debian: apt-get install chromium) and run make test again" >&2
  exit 1
fi
