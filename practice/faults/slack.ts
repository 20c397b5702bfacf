import type { Fault } from './fault.ts'

/** Long enough to be felt; Bakery acknowledges before it asks Slack for anything. */
const SLOW_MS = 2500

export const SLACK_FAULTS: readonly Fault[] = [
  {
    name: 'slack-slow',
    title: 'Slack slow',
    does: 'Every call of Slack’s API takes two and a half seconds more.',
    see: 'Commands are acknowledged as fast as ever; their answers come late, each once.',
    mended: 'Slack answers at once.',
    ask: null,
    platform: false,
    break: ({ slack }) => slack.setSlow(SLOW_MS),
    mend: ({ slack }) => slack.setSlow(0),
  },
  {
    name: 'slack-down',
    title: 'Slack down',
    does: 'Slack’s API answers 503. Commands still reach the bot.',
    see: 'Commands are acknowledged and recorded, and nothing is said; after mending every answer comes exactly once.',
    mended: 'Slack serves again, and what waited is said.',
    ask: null,
    platform: false,
    break: ({ slack }) => slack.setDown(true),
    mend: ({ slack }) => slack.setDown(false),
  },
  {
    name: 'bot-killed',
    title: 'Bot killed',
    does: 'The bot’s process is ended by force, as when its node goes away.',
    see: 'Slack says that /bakery failed (dispatch_failed). Nobody else can say anything: Bakery is not there.',
    mended: 'The bot starts again on the same database and says what it still owed.',
    ask: null,
    platform: false,
    break: ({ bot }) => bot.kill(),
    mend: ({ bot }) => bot.start(),
  },
]
