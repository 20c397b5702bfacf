import { App } from '@slack/bolt'
import { reportPort, settings } from './child.ts'

/** What Bakery is measured against: Bolt as it comes, with its default receiver, acknowledging and nothing else. */
const { signingSecret } = settings()
const app = new App({
  token: 'xoxb-none',
  // Otherwise Bolt would ask Slack who it is before the first listener.
  botId: 'B1',
  botUserId: 'UBOT',
  tokenVerificationEnabled: false,
  signingSecret,
})
app.command('/bakery', async ({ ack }) => {
  await ack()
})
const server = await app.start({ port: 0, host: '127.0.0.1' })
const address = server.address()
reportPort(typeof address === 'object' && address ? address.port : 0)
