# One image for every role; the command says which. TypeScript runs as it is, so there is nothing to build.
FROM node:24-bookworm-slim

WORKDIR /opt/maildesk

# The manifests alone first: the installed libraries stay cached until one of them changes. npm needs the manifests of
# all workspaces to read the lock file; only those of the four apps and what they use are installed.
# Left out: development tools (with the npm-pinned Node; the base image is Node 24) and optional binaries (the
# embedded PostgreSQL that `npm start` uses; a container is given a DATABASE_URL).
COPY package.json package-lock.json .npmrc ./
COPY apps/api/package.json apps/api/
COPY apps/cli/package.json apps/cli/
COPY apps/poller/package.json apps/poller/
COPY apps/worker/package.json apps/worker/
COPY packages/core/package.json packages/core/
COPY packages/db/package.json packages/db/
COPY packages/devtools/package.json packages/devtools/
COPY packages/e2e/package.json packages/e2e/
COPY packages/embedded/package.json packages/embedded/
COPY packages/failpoints/package.json packages/failpoints/
COPY packages/flows/package.json packages/flows/
COPY packages/mail/package.json packages/mail/
COPY packages/queue/package.json packages/queue/
COPY packages/runtime/package.json packages/runtime/
COPY packages/storage/package.json packages/storage/
COPY packages/testkit/package.json packages/testkit/
COPY packages/torture/package.json packages/torture/
COPY packages/wiring/package.json packages/wiring/
RUN npm ci --omit=dev --omit=optional \
      --workspace apps/api --workspace apps/cli --workspace apps/poller --workspace apps/worker \
 && npm cache clean --force

COPY . .

# A named volume takes its owner from here when it is first mounted.
RUN install -d -o node -g node /var/lib/maildesk /var/lib/maildesk/blobs

# V8 lets its young generation grow to 128 MB, which the desk's processes do not need (docs/benchmarks.md).
ENV NODE_ENV=production \
    NODE_OPTIONS=--max-semi-space-size=4 \
    HOST=0.0.0.0 \
    PORT=3000 \
    MAILDESK_DATA_DIR=/var/lib/maildesk \
    STORAGE_URL=file:/var/lib/maildesk/blobs \
    LOG_FORMAT=json

USER node
EXPOSE 3000

# For the API, the default role. The other roles open no port: docker-compose.yml gives them checks of their own.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

CMD ["node", "apps/api/src/main.ts"]
