import type { Completion, Suggestion } from './page/presentation.ts'
import { appManifest } from './slack/manifest.ts'

/** What the composer offers while one types: the app's commands from its manifest, and what the bot's own list says of each. */
export async function completions(): Promise<readonly Completion[]> {
  const [{ commands }, { signatureOf }, { usageOf, describeField }] = await Promise.all([
    import('../commands/index.ts'),
    import('../src/core/registry.ts'),
    import('../src/core/usage.ts'),
  ])
  const slash = appManifest().commands.map(({ name, description, hint }) => ({
    ...{ text: name, summary: description, hint },
  }))
  return [
    ...slash,
    ...commands.map((command) => {
      const { name, summary, examples } = command
      const signature = signatureOf(command)
      return {
        ...{ text: `/bakery ${name}`, summary },
        hint: usageOf(signature).slice(name.length).trim(),
        examples: examples.map((line) => `/bakery ${line}`),
        arguments: signature.fields.map((field) => {
          const flag = !signature.positional.includes(field.key)
          const word = flag ? `--${field.flag}` : field.key
          const value = flag && field.takes === 'nothing' ? '' : field.valueWord
          return { word, flag, value, description: describeField(field), choices: field.choices }
        }),
      }
    }),
  ]
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
