import { LogLevel, WebClient } from '@slack/web-api'
import { type PracticeSlack, type SlackOptions, startSlack } from '../../../practice/slack/start.ts'
import { type FakeBot, startFakeBot } from './fake-bot.ts'

export const SECRET = 'a-signing-secret-for-tests'
export const SCOPES = [
  ...['chat:write', 'commands', 'channels:read', 'channels:history', 'groups:read', 'im:history', 'im:read'],
  ...['im:write', 'users:read', 'usergroups:read', 'files:write'],
]

export interface Setup {
  readonly slack: PracticeSlack
  readonly bot: FakeBot
  readonly client: WebClient
  stop(): Promise<void>
}

export async function setUp(options: Partial<SlackOptions> = {}): Promise<Setup> {
  const bot = await startFakeBot(SECRET)
  const slack = await startSlack({ signingSecret: SECRET, botUrl: bot.url, scopes: SCOPES, ...options })
  const client = new WebClient(slack.token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  })
  return {
    slack,
    bot,
    client,
    async stop() {
      await slack.stop()
      await bot.stop()
    },
  }
}
