# Bakery runs from source: Node executes the TypeScript as it stands, there is no build step.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /bakery
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

FROM node:24-bookworm-slim
USER node
WORKDIR /bakery
COPY --from=dependencies /bakery/node_modules ./node_modules
COPY package.json platform.example.yaml ./
COPY src ./src
COPY commands ./commands
COPY scheduled ./scheduled
# Host names are looked up on libuv's threads, four by default: twenty systems that do not resolve would wait for one another.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 UV_THREADPOOL_SIZE=16
# As `npm start` has it: src/small-start.ts.
ENV MALLOC_ARENA_MAX=2
EXPOSE 3000
CMD ["node", "--max-semi-space-size=8", "src/main.ts"]
