import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

/** What the operations guide has a person run, and how long it takes. */
export interface ByHand {
  /** Milliseconds of the guide's `health-check.sh`. */
  healthCheck(): Promise<number>
  /** Milliseconds of the guide's loop over the databases. */
  databaseLoop(): Promise<number>
  stop(): Promise<void>
}

/** The guide's script as it stands, but for the port that Alertmanager has here. */
const healthCheck = (alertmanager: string) => `#!/bin/bash
echo "=== Bakery-IA Health Check ==="
echo "Date: $(date)"
echo ""
echo "1. Pod Status:"
kubectl get pods -n bakery-ia | grep -vE "Running|Completed" || echo "✅ All pods healthy"
echo ""
echo "2. Resource Usage:"
kubectl top nodes
kubectl top pods -n bakery-ia --sort-by=memory | head -10
echo ""
echo "3. SigNoz Components:"
kubectl get pods -n bakery-ia -l app.kubernetes.io/instance=signoz
echo ""
echo "4. Recent Alerts (from SigNoz AlertManager):"
curl -s ${alertmanager}/api/v1/alerts 2>/dev/null | jq '.data[] | select(.status.state=="firing") | {alert: .labels.alertname, severity: .labels.severity}' | head -10
echo ""
echo "5. OTel Collector Health:"
kubectl exec -n bakery-ia deployment/signoz-otel-collector -- wget -qO- http://localhost:13133 2>/dev/null || echo "✅ Health check endpoint responding"
echo ""
echo "=== End Health Check ==="
`

/** The guide's loop as it stands. */
const DATABASE_LOOP = `#!/bin/bash
for db in $(kubectl get pods -n bakery-ia -l app.kubernetes.io/component=database -o name); do
echo "=== $db ==="
kubectl exec -n bakery-ia $db -- psql -U postgres -c \\
"SELECT datname, count(*) FROM pg_stat_activity GROUP BY datname;"
done
`
const DATABASES = 14

/** `kubectlFolder`: where the person's kubectl is, pointed at the cluster. */
export async function prepareByHand(kubectlFolder: string, alertmanager: string): Promise<ByHand> {
  const folder = await mkdtemp(join(tmpdir(), 'bakery-bench-'))
  const env = { ...process.env, PATH: `${kubectlFolder}${delimiter}${process.env.PATH}` }
  const script = async (name: string, text: string) => {
    const path = join(folder, name)
    await writeFile(path, text, { mode: 0o755 })
    return path
  }
  const run = async (path: string, expected: RegExp, times: number) => {
    const started = performance.now()
    const { stdout, stderr } = await promisify(execFile)('bash', [path], { env })
    const took = performance.now() - started
    if ((stdout.match(expected) ?? []).length < times) {
      throw new Error(`what a person would run did not work:\n${stdout}\n${stderr}`)
    }
    return took
  }
  const check = await script('health-check.sh', healthCheck(alertmanager))
  const loop = await script('database-loop.sh', DATABASE_LOOP)
  return {
    healthCheck: () => run(check, /End Health Check/g, 1),
    databaseLoop: () => run(loop, /datname/g, DATABASES),
    stop: () => rm(folder, { recursive: true, force: true }),
  }
}
