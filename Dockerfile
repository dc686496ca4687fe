# The service and its commands: `docker run … serve` (the default), `worker`, `migrate`, `createsuperuser`, …
# It needs DATABASE_URL and SECRET_KEY: the embedded default has no database server in here.

# The version of the `bun` package in package.json.
ARG BUN_VERSION=1.4.5

FROM node:22-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# `install` and not `ci`: it takes the versions of the lock file too, but `ci` refuses one that lacks the optional
# binaries of other platforms. What is removed is not needed at run time: the final image brings its own Bun.
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund \
 && cd node_modules && rm -rf bun @oven .bin typescript @typescript @phosphor-icons

FROM oven/bun:${BUN_VERSION}-slim
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY drizzle drizzle
COPY src src
# The files that the service writes; the code itself belongs to root and stays as it is.
RUN mkdir -m 0700 /data && chown bun:bun /data
VOLUME /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 STORAGE_DIR=/data
USER bun
EXPOSE 8000
# Any answer below 500 is a sign of life: ALLOWED_HOSTS need not name the container. `worker` has no HTTP: switch it off there.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["bun", "-e", "const { status } = await fetch(`http://127.0.0.1:${process.env.PORT}/health/`); process.exit(status < 500 ? 0 : 1)"]
ENTRYPOINT ["bun", "src/cli.ts"]
CMD ["serve"]
