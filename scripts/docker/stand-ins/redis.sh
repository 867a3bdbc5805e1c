#!/bin/sh
# As the official entrypoint: the folder of data belongs to the user that the server runs as.
set -eu
if [ "$(id -u)" = 0 ]; then
  chown -R redis: .
  exec setpriv --reuid=redis --regid=redis --init-groups "$0" "$@"
fi
exec "$@"
