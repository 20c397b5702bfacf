import { randomFrom } from './scrub-canaries.ts'

/** Lines as the platform's services, databases and brokers write them, without any secret: nothing in them may be masked. */
export function cleanLog(amount: number, seed: number): readonly string[] {
  const random = randomFrom(seed)
  const hex = (length: number) => digits(random, '0123456789abcdef', length)
  const number = (below: number) => Math.floor(random() * below)
  const uuid = () => [8, 4, 4, 4, 12].map((length) => hex(length)).join('-')
  const pod = () =>
    `orders-service-${digits(random, 'bcdfghjklmnpqrstvwxz2456789', 10)}-${digits(random, 'bcdfghjklmnpqrstvwxz2456789', 5)}`
  const time = () => `2026-11-23T0${number(10)}:${10 + number(50)}:${10 + number(50)}.${100 + number(900)}Z`
  const lines: readonly (() => string)[] = [
    () =>
      `INFO:     10.1.${number(255)}.${number(255)}:${30_000 + number(9999)} - "GET /api/v1/orders/${uuid()} HTTP/1.1" 200 OK`,
    () =>
      `${time()} INFO app.services.order_service request finished trace_id=${hex(32)} span_id=${hex(16)} in ${number(900)} ms`,
    () =>
      `{"level":"info","time":"${time()}","msg":"order created","order_id":"${uuid()}","tenant_id":"${uuid()}","total":${number(900)}.50}`,
    () =>
      `${time()} WARNING sqlalchemy.pool.impl.QueuePool QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00`,
    () => `ERROR:    [Errno 111] Connect call failed ('10.152.183.${number(255)}', 5432)`,
    () =>
      `  File "/usr/local/lib/python3.11/site-packages/uvicorn/protocols/http/h11_impl.py", line ${number(900)}, in run_asgi`,
    () =>
      `sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) FATAL:  password authentication failed for user "orders_user"`,
    () => `FATAL:  password authentication failed for user "auth_user"`,
    () =>
      `2026-11-23 05:0${number(10)}:12.345 UTC [${number(9999)}] LOG:  checkpoint complete: wrote ${number(999)} buffers (0.${number(9)}%); 0 WAL file(s) added`,
    () =>
      `2026-11-23 05:0${number(10)}:12.345 UTC [${number(9999)}] STATEMENT:  SELECT id, token_count FROM usage WHERE tenant = $1 LIMIT ${number(99)}`,
    () => `1:M 23 Nov 2026 05:00:0${number(10)}.123 * Background saving terminated with success`,
    () =>
      `[info] <0.${number(9999)}.0> accepting AMQP connection <0.${number(9999)}.0> (10.1.2.${number(255)}:41234 -> 10.1.2.3:5672)`,
    () =>
      `10.1.2.${number(255)} - - [23/Nov/2026:05:00:0${number(10)} +0000] "POST /api/auth/token HTTP/1.1" 401 ${number(999)} "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"`,
    () => `invalid token: expired ${number(60)} minutes ago, the client has to log in again`,
    () => `Token has expired; refresh token is still valid for ${number(60)} min`,
    () => `missing authorization header on GET /api/v1/inventory/items`,
    () => `password: required field is missing`,
    () => `reset password link sent, user_id=${uuid()}`,
    () => `using secret bakery-ia-secrets, secretName: bakery-ia-prod-tls-cert, tokenUrl: /oauth/token`,
    () => `Pulling image "gitea.bakewise.ai/bakery/orders-service@sha256:${hex(64)}"`,
    () => `Successfully assigned bakery-ia/${pod()} to vps-bakery-${number(9)}`,
    () => `Back-off restarting failed container orders-service in pod ${pod()}_bakery-ia(${uuid()})`,
    () => `Readiness probe failed: Get "http://10.1.2.${number(255)}:8000/health": context deadline exceeded`,
    () => `main@sha1:${hex(40)} applied by kustomization/bakery-ia in ${number(9)}.${number(9)}s`,
    () => `traceparent: 00-${hex(32)}-${hex(16)}-01`,
    () => `X-Request-ID: ${uuid()}`,
    () =>
      `java.lang.IllegalStateException: Failed to load ApplicationContext for [MergedContextConfiguration@${hex(8)} testClass = com.bakewise.orders.OrderServiceIntegrationTest]`,
    () =>
      `\tat org.springframework.boot.autoconfigure.jdbc.DataSourceConfiguration$Hikari.dataSource(DataSourceConfiguration.java:${number(200)})`,
    () =>
      `HikariPool-1 - Connection is not available, request timed out after 30000ms (total=10, active=10, idle=0, waiting=${number(30)})`,
    () =>
      `npm http fetch GET 200 https://registry.example/@opentelemetry%2finstrumentation-http ${number(900)}ms (cache hit)`,
    () =>
      `forecast for product croissant-mantequilla-01 updated: 120 -> ${number(200)} units, model=prophet_v2 rmse=0.${number(99)}`,
    () =>
      `consumer rk=orders.created.v1 delivery_tag=${number(9999)} redelivered=False acked in ${number(99)} ms`,
    () => `Served asset /static/js/main.${hex(8)}.chunk.js (${number(99)} kB)`,
    () => `migration 20261101_0${number(10)}_add_orders_index_on_tenant_and_created_at applied`,
    () => `connected to postgres://orders_user@orders-db:5432/orders_db with sslmode=require`,
    () =>
      `Slow query (${number(9)}.${number(99)} s): UPDATE production_batches SET status = 'COMPLETED' WHERE id = '${uuid()}'`,
    () =>
      `Generated PDF invoice F-2026-00${number(999)}.pdf for customer ${number(9999)} (IBAN ending in 4${number(99)})`,
    () => `max_tokens: 4096, temperature: 0.${number(9)}, prompt_tokens=${number(900)}`,
    () =>
      `GET https://api.weather.example/v1/forecast?lat=40.4168&lon=-3.7038&hourly=temperature_2m,precipitation 200`,
    () => `kubelet pod_uid=${uuid()} container_id=containerd://${hex(64)} started`,
    () =>
      `01HF7YAT${digits(random, '0123456789ABCDEFGHJKMNPQRSTVWXYZ', 18)} event stored, sequence ${number(99_999)}`,
    () => `test_create_order_v2_returns_201_for_existing_customer PASSED [ ${number(99)}%]`,
    () =>
      `OTLPTraceExporterHttp2StreamV1 exported ${number(512)} spans to http://signoz-otel-collector:4318/v1/traces`,
    () => `AbstractAutowireCapableBeanFactory2InitializingSingletonBeanV3 created in ${number(99)} ms`,
    () => `cookie consent accepted by visitor, banner=v${number(9)}`,
    () => `Scheduling credentials rotation check: nothing to do`,
    () => `pwd=/app umask=0022 uid=1000`,
    () => `bypass: true, compass=north, passthrough=enabled`,
    () => `tls: handshake with auth-db:5432 done, TLSv1.3, TLS_AES_256_GCM_SHA384, peer CN=auth-db`,
    () => `etag "33a64df551425fcc55e4d42a148795d9f25f89d4" matched, 304`,
  ]
  return Array.from({ length: amount }, (_, index) => (lines[index % lines.length] ?? (() => ''))())
}

function digits(random: () => number, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
}
