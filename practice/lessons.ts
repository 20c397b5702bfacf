import type { Completion, Suggestion } from './page/presentation.ts'

/** What the composer offers while one types: every command with its examples, from the bot's own list. */
export async function completions(): Promise<readonly Completion[]> {
  const { commands } = await import('../commands/index.ts')
  return commands.flatMap(({ name, summary, examples }) => {
    const lines = [name, ...examples].map((line) => `/bakery ${line}`.trim())
    return [...new Set(lines)].map((text) => ({ text, summary }))
  })
}

/** What is worth trying first, channel by channel. */
export function suggestions(): readonly Suggestion[] {
  const inChannel = (channel: string, lines: Readonly<Record<string, string>>) =>
    Object.entries(lines).map(([text, why]) => ({ channel, text, why }))
  return [
    ...inChannel('C0OPERATIONS', {
      '/bakery': 'a menu of what you may do here',
      '/bakery health': 'the state of the whole platform, in one message',
      '/bakery logs orders --since 1h': 'the logs of all pods of a service, for you alone',
      '/bakery help': 'every command that you, in your role, may use here',
      '/bakery whoami': 'who Bakery takes you for; then switch to Vera, or to Gus, and ask again',
    }),
    ...inChannel('C0DIGEST', { '/bakery health': 'what the report of every morning says now' }),
    ...inChannel('C0SECURITY', {
      '/bakery audit search': 'everything that was asked, and by whom; try it as Aude',
      '/bakery roles list': 'who holds which role',
    }),
    ...inChannel('C0RANDOM', { '/bakery health': 'a refusal: this channel is bound to nothing' }),
    ...inChannel('C0SHARED', { '/bakery health': 'a refusal: this channel is shared with another company' }),
  ]
}
