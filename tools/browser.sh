#!/bin/sh
# Make sure the browser tests have a Chromium: one that is there, else the system's package when we may install it.
# Says how to get one otherwise; the tests then skip and say so, unless TIDU_REQUIRE names the browser.
set -eu
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium and a Chinese font for the browser tests ..." >&2
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; then exit 0; fi
fi
cat >&2 <<'END'
No Chromium found, so the browser tests will be skipped. To run them:
  Debian            sudo apt-get install chromium fonts-noto-cjk
  elsewhere         install Chromium or Chrome, and CHROMIUM=/path/to/it make test
END
case ,${TIDU_REQUIRE:-}, in *,browser,*) exit 1 ;; esac
