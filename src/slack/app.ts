import { App } from '@slack/bolt'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { MirroredUser } from '../core/access.ts'
import type { Dialogs } from '../core/ports/dialogs.ts'
import type { Intake } from '../core/ports/intake.ts'
import type { Mirror } from '../core/ports/mirror.ts'
import type { Outbox } from '../core/ports/outbox.ts'
import type { Attestation } from '../core/ports/planner.ts'
import { createAttestation } from './attest.ts'
import { createBoltLog } from './bolt-log.ts'
import { createClients, TIMEOUT_MS } from './client.ts'
import { createDelivery } from './delivery.ts'
import { createDialogs } from './dialogs.ts'
import { createOpenDirect } from './direct.ts'
import { createDispatch } from './dispatch.ts'
import { createDoor } from './door.ts'
import { createEventHandlers } from './events.ts'
import { createShareFiles } from './files.ts'
import { createHttpReceiver, type Route } from './http-receiver.ts'
import { createIdentities, type SlackIdentities } from './identity.ts'
import { createLimitedClient } from './limited-client.ts'
import { createSlackMetrics } from './metrics.ts'
import { createReachability } from './reachability.ts'
import { createRespond } from './response.ts'
import { createResponseUrlCheck } from './response-url.ts'
import { createSender } from './sender.ts'
import { createSettle } from './settle.ts'
import { createSocketReceiver } from './socket-receiver.ts'
import { createStanding } from './standing.ts'
import { createTell, type Tell } from './tell.ts'
import { createWork } from './work.ts'

export interface SlackOptions {
  readonly slack: {
    readonly botToken: string
    /** Null: nothing is taken over HTTP. */
    readonly signingSecret: string | null
    /** Null: no Socket Mode. */
    readonly appToken: string | null
    /** Ends in `/api/`. */
    readonly apiUrl: string
    /** The slash command that is answered. */
    readonly command: string
  }
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** How long a claimed message is this process's. */
  readonly leaseSeconds: number
  readonly outbox: Outbox
  readonly mirror: Mirror
  /** What the mirror says of somebody now; undefined: nothing that is known here. */
  readonly mirrored: (user: string) => MirroredUser | undefined
  readonly log: Logger
  readonly metrics: Registry
  /** Other paths of the same server: `/livez`, `/readyz`, `/metrics`. */
  readonly routes: Readonly<Record<string, Route>>
  /** The intake, made with what it needs of Slack. */
  readonly intake: (slack: { identities: SlackIdentities; tell: Tell }) => Intake
  /** Shows somebody their home. Never throws. */
  readonly home: (user: string) => Promise<void>
}

export interface Slack {
  /** Listens, connects and delivers. Resolves with the port; does not wait for Slack, which may be away. */
  start(): Promise<number>
  /** Takes nothing new, ends what is under way within the time, delivers what it can. */
  stop(deadlineMs: number): Promise<void>
  readonly identities: SlackIdentities
  readonly tell: Tell
  readonly attestation: Attestation
  readonly dialogs: Dialogs
  /** Our Slack team; null until Slack has been reached. */
  teamId(): string | null
  /** Why Bakery cannot hear or speak just now; empty: it can. Slack being away is not here: it is not cured by a restart. */
  problems(): readonly string[]
}

/** Everything that Slack hears from Bakery and Bakery from Slack. */
export function createSlack(options: SlackOptions): Slack {
  const { slack, log, mirror, outbox } = options
  const metrics = createSlackMetrics(options.metrics)
  // Two thirds of a lease at most for one attempt: to find the place, and to send.
  const timeoutMs = Math.min(TIMEOUT_MS, Math.floor((options.leaseSeconds * 1000) / 3))
  const clients = createClients({ ...slack, log, metrics, timeoutMs })
  const client = createLimitedClient(clients.post)
  const checkResponseUrl = createResponseUrlCheck(slack.apiUrl)
  const respond = createRespond(checkResponseUrl, timeoutMs)
  const openDirect = createOpenDirect(client)
  const tell = createTell({ respond, client, openDirect, log })
  const standing = createStanding(clients.look, log)
  const look = createLimitedClient(clients.look)
  const identities = createIdentities({ client: look, mirror, team: standing.team, log })
  const dialogs = createDialogs(client, log)
  const shareFiles = createShareFiles(client, slack.apiUrl, timeoutMs)
  const send = createSender({ client, respond, openDirect, shareFiles, log, beginWithinMs: timeoutMs })
  const settle = createSettle({ outbox, reachability: createReachability(log), log })
  const delivery = createDelivery({ outbox, send, settle, metrics, log })
  const work = createWork((err) => log.error({ err }, 'Work after an acknowledgement failed'))

  const { lookups } = identities
  const handlers = createEventHandlers({
    ...{ mirror, lookups, home: options.home },
    ...{ team: standing.team, botUser: standing.botUser },
  })
  const intake = options.intake({ identities, tell })
  const dispatch = createDispatch(createApp(log), handlers, log)
  const { command } = slack
  const door = createDoor({ intake, dispatch, command, tell, metrics, log })
  const shared = { door, checkResponseUrl, metrics, log, track: work.track }
  const http = createHttpReceiver({ ...shared, ...options, metrics, signingSecret: slack.signingSecret })
  const { appToken, apiUrl } = slack
  const socket = appToken === null ? null : createSocketReceiver({ ...shared, appToken, apiUrl })

  return {
    ...{ identities, tell, dialogs },
    attestation: createAttestation({ client: look, mirror, mirrored: options.mirrored, team: standing.team }),
    teamId: standing.teamId,
    problems: () => [
      ...(standing.refusal() === null ? [] : [`Slack refuses the bot token: ${standing.refusal()}`]),
      ...(socket !== null && socket.connected() === 0 ? ['Socket Mode is not connected'] : []),
    ],
    async start() {
      const port = await http.start()
      standing.start()
      socket?.start()
      delivery.start()
      return port
    },
    async stop(deadlineMs) {
      const deadline = performance.now() + deadlineMs
      const leftMs = () => Math.max(0, deadline - performance.now())
      standing.stop()
      await Promise.all([http.stop(leftMs()), socket?.stop()])
      await work.drain(leftMs())
      await delivery.stop(leftMs())
    },
  }
}

/**
 * Bolt, which routes what was recorded. It is given `authorize` and never a token: with a token it would ask Slack before the
 * first listener runs. Its receiver is idle, because the door stands before it.
 */
function createApp(log: Logger): App {
  return new App({
    authorize: async () => ({}),
    receiver: { init: () => undefined, start: async () => undefined, stop: async () => undefined },
    convoStore: false,
    ignoreSelf: false,
    logger: createBoltLog(log),
  })
}
