# One small image for each app: `docker build --target api .`, or all of them by `docker compose build`. The last stage of each app holds
# Node, the files that the app loads (scripts/docker/trace-apps.mjs), and a health check; it runs as user 1000 on a read-only file system.
# Without a `syntax` line, and with nothing that needs one: it builds on every Docker from 20.10 on, also without a registry at hand.
ARG NODE_IMAGE=node:24.21.0-trixie-slim

# What npm reads and nothing else, so that a change of a source file does not install again.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /src
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete && find . -type d -empty -delete

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY --from=manifests /src ./
# The tracer is a tool for developing, the only one that is needed here. None of the packages has to run anything when it is installed.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error \
 && npm install --no-save --save-prod --omit=dev --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error \
      "@vercel/nft@$(node -p 'require("./package.json").devDependencies["@vercel/nft"]')"
COPY . .
RUN node scripts/compile.mjs $(find libs apps -mindepth 2 -maxdepth 2 -name src -exec dirname {} +) \
 && node scripts/docker/trace-apps.mjs /out

FROM ${NODE_IMAGE} AS runtime
# npm, yarn and corepack are for building. The folder of data exists for what a process writes nowhere else: mount it where it is used.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* \
 && mkdir -p /data && chown 1000:1000 /data
ENV NODE_ENV=production \
    API_HOST=0.0.0.0 \
    METRICS_HOST=0.0.0.0 \
    METRICS_PORT=9464 \
    DATA_DIR=/data \
    LOG_FORMAT=json
WORKDIR /app
COPY ops/docker/health-check.mjs /usr/local/lib/vaultstream/health-check.mjs
USER 1000:1000
# The form without a shell: Node is the first process, and SIGTERM reaches it.
STOPSIGNAL SIGTERM

FROM runtime AS process
# What /metrics says of itself: the commit.
ARG VAULTSTREAM_REVISION=unknown
ENV VAULTSTREAM_REVISION=${VAULTSTREAM_REVISION}
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=10s --start-period=120s --retries=3 \
  CMD ["node", "/usr/local/lib/vaultstream/health-check.mjs"]

FROM process AS api
EXPOSE 8000
COPY --from=build /out/api/modules ./node_modules/
COPY --from=build /out/api/program ./
CMD ["node", "apps/api/dist/main.js"]

FROM process AS parse-worker
COPY --from=build /out/parse-worker/modules ./node_modules/
COPY --from=build /out/parse-worker/program ./
CMD ["node", "apps/parse-worker/dist/main.js"]

FROM process AS media-worker
COPY --from=build /out/media-worker/modules ./node_modules/
COPY --from=build /out/media-worker/program ./
CMD ["node", "apps/media-worker/dist/main.js"]

FROM process AS push-dispatcher
COPY --from=build /out/push-dispatcher/modules ./node_modules/
COPY --from=build /out/push-dispatcher/program ./
CMD ["node", "apps/push-dispatcher/dist/main.js"]

FROM process AS scheduler
COPY --from=build /out/scheduler/modules ./node_modules/
COPY --from=build /out/scheduler/program ./
CMD ["node", "apps/scheduler/dist/main.js"]

# Brings the database up to date and ends. Also makes the secrets of docker-compose.yml: a volume that is mounted here the first time
# gets the owner of these folders.
FROM runtime AS migrate
USER root
RUN mkdir -p /secrets/app /secrets/postgres /secrets/redis /secrets/minio /secrets/grafana && chown -R 1000:1000 /secrets
USER 1000:1000
COPY --from=build /out/migrate/modules ./node_modules/
COPY --from=build /out/migrate/program ./
CMD ["node", "apps/migrate/dist/main.js"]

# Plays sites and services, to try things out: never on a server that strangers reach.
FROM runtime AS sandbox
EXPOSE 9901
COPY --from=build /out/sandbox/modules ./node_modules/
COPY --from=build /out/sandbox/program ./
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 \
  CMD ["node", "/usr/local/lib/vaultstream/health-check.mjs", "http://127.0.0.1:9901/_control"]
ENTRYPOINT ["node", "apps/sandbox/dist/main.js", "--host", "0.0.0.0", "--port", "9901", "--public-url", "http://sandbox:9901"]
