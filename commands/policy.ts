import { z } from 'zod'
import { bold, context, header, join, section, text } from '../src/blocks/builders.ts'
import type { Binding } from '../src/core/access.ts'
import { defineQuery } from '../src/core/command.ts'
import { RISKS, ROLE_SENTENCES, RULES } from '../src/core/policy.ts'
import { ROLES } from '../src/core/roles.ts'

export const policy = defineQuery({
  name: 'policy',
  summary: 'Show the rules by which Bakery decides who may do what.',
  examples: ['policy'],
  args: z.object({}),
  family: 'help',
  role: null,

  async read(_args, { access }, { channel }): Promise<{ readonly binding: Binding | null }> {
    const snapshot = await access.snapshot()
    return { binding: channel === null ? null : (snapshot.bindings.get(channel) ?? null) }
  },

  render({ binding }) {
    const here =
      binding === null
        ? 'This place is bound to nothing but help.'
        : `This channel is bound to ${binding.families.join(', ')} of ${binding.environment}.`
    return {
      kind: 'help',
      audience: 'requester',
      text: `Who may do what in Bakery. ${here}`,
      blocks: [
        header('Who may do what'),
        section(here),
        section(
          join([
            text`*Rules, in this order*`,
            ...RULES.map(({ name, says }) => text`• ${bold(name)}: ${says}`),
          ]),
        ),
        section(
          join([text`*Roles*`, ...ROLES.map((role) => text`• ${bold(role)}: ${ROLE_SENTENCES[role]}`)]),
        ),
        section(
          join([
            text`*Risk*`,
            ...RISKS.map(({ risk, covers, asks }) => text`• ${bold(risk)}: ${covers} ${asks}`),
          ]),
        ),
        context('Each refusal names the rule that it follows from.'),
      ],
    }
  },

  data: ({ binding }) => ({ rules: RULES, roles: ROLE_SENTENCES, risks: RISKS, binding }),
})
