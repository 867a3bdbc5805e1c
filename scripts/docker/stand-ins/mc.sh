#!/bin/bash
# Of MinIO's client what a health check asks for: `mc ready local`.
set -euo pipefail
[ "$*" = 'ready local' ]
exec 3<>/dev/tcp/127.0.0.1/9000
printf 'GET /minio/health/cluster HTTP/1.1\r\nHost: minio\r\nConnection: close\r\n\r\n' >&3
head -n 1 <&3 | grep -q ' 200 '
