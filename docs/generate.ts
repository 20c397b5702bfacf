import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { commands } from '../commands/index.ts'
import type { Command } from '../src/core/command.ts'
import { ROLE_SENTENCES } from '../src/core/policy.ts'
import { signatureOf } from '../src/core/registry.ts'
import { FAMILIES, type Family, ROLES } from '../src/core/roles.ts'
import { describeField, usageOf } from '../src/core/usage.ts'
import { platformSchema } from '../src/platform.ts'
import { comparedPage } from './compared.ts'
import { httpManifest, writeManifest } from './manifest.ts'

/** Writes the documents that are made out of the code: `npm run docs`. A test says when one of them is out of date. */

const FAMILY_SENTENCES: Readonly<Record<Family, string>> = {
  help: 'Works everywhere, also in a direct message.',
  health: 'How the platform is.',
  cluster: 'What runs in the cluster.',
  logs: 'Logs go to the person who asks.',
  changes: 'What changes the platform, and who has to agree.',
  jobs: 'What Bakery does by the clock.',
  access: 'Who may do what, and where.',
  audit: 'What was asked and done.',
}

const KIND_SENTENCES: Readonly<Record<Command['kind'], string>> = {
  query: 'It only reads.',
  admin: 'It changes Bakery’s own records, nothing outside.',
  change: 'It changes the platform, after a preview that somebody confirms or approves.',
}

/** docs/COMMANDS.md: every command with its arguments, in the registry's order. */
export function commandsPage(list: readonly Command[] = commands): string {
  const families = FAMILIES.map((family) => ({ family, own: list.filter((one) => one.family === family) }))
  return [
    '# Commands',
    '',
    'Made from the code by `npm run docs`: change the commands, never this page.',
    '',
    'In Slack a line begins with `/bakery`, in a terminal with `npm run bakery --` (questions only). A name may be',
    'abbreviated as long as it is clear: `orders` is `orders-service`. `--flag value`, `--flag=value` and `flag=value` are the',
    'same; quotes keep words together, straight or curly; after `--` nothing is a flag.',
    '',
    '| Role | What it is for |',
    '|---|---|',
    ...ROLES.map((role) => `| ${role} | ${ROLE_SENTENCES[role]} |`),
    '',
    ...families.flatMap(({ family, own }) => familyPart(family, own)),
  ].join('\n')
}

function familyPart(family: Family, own: readonly Command[]): readonly string[] {
  if (own.length === 0) return []
  return [`## ${family}`, '', FAMILY_SENTENCES[family], '', ...own.flatMap(commandPart)]
}

function commandPart(command: Command): readonly string[] {
  const signature = signatureOf(command)
  const who = command.role === null ? 'Everybody of the workspace.' : `Needs the role ${command.role}.`
  const kind = KIND_SENTENCES[command.kind]
  const fields = signature.fields.map((field) => {
    const word = signature.positional.includes(field.key) ? field.key : `--${field.flag}`
    return `| \`${word}\` | ${cell(describeField(field))} | ${field.required ? 'yes' : 'no'} |`
  })
  return [
    `### ${command.name}`,
    '',
    `${command.summary} ${who} ${kind}`,
    '',
    '```',
    usageOf(signature),
    '```',
    '',
    ...(fields.length > 0 ? ['| Argument | What it is | Required |', '|---|---|---|', ...fields, ''] : []),
    `For instance: ${command.examples.map((example) => `\`${example}\``).join(', ')}`,
    '',
  ]
}

function cell(words: string): string {
  return words.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** docs/platform.schema.json: what an editor checks platform.yaml against. */
export function platformJsonSchema(): string {
  const schema = z.toJSONSchema(platformSchema, { io: 'input', unrepresentable: 'any' })
  return `${JSON.stringify({ title: 'platform.yaml of Bakery', ...schema }, null, 2)}\n`
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Every document with what it should say now. */
export function documents(): readonly { readonly file: string; readonly content: string }[] {
  return [
    { file: path('./COMMANDS.md'), content: commandsPage() },
    { file: path('./platform.schema.json'), content: platformJsonSchema() },
    { file: path('./COMPARED.md'), content: comparedPage() },
    {
      file: path('./manifest.http.yml'),
      content: httpManifest(readFileSync(path('../manifest.yml'), 'utf8')),
    },
  ]
}

if (import.meta.main) {
  for (const { file, content } of documents().slice(0, 3)) {
    writeFileSync(file, content)
    console.log(file)
  }
  console.log(writeManifest())
}
