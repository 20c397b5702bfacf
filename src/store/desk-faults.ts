import { UserError } from '../core/errors.ts'

/** What the rules of the database (migrations/0002_access.sql) say to people. */
const SENTENCES: Readonly<Record<string, () => UserError>> = {
  grant_not_to_oneself: () =>
    new UserError(
      'SELF_APPROVAL',
      'Nobody grants a role to themselves, nor to a group they are in above what they hold. Ask another admin.',
    ),
  grant_keeps_an_owner: () =>
    new UserError(
      'BAD_ARGUMENT',
      'The last owner stays: somebody else has to be an owner for ever first, or nobody could grant roles any more.',
    ),
  grant_everywhere_is_owner: () =>
    new UserError(
      'BAD_ARGUMENT',
      'The role owner is held everywhere, every other role in a channel: name a channel for it, and none for owner.',
    ),
  grant_has_one_subject: () =>
    new UserError('BAD_ARGUMENT', 'A role is granted to one person or to one user group: name exactly one.'),
}

/** Rethrows a broken rule as a sentence for the person, and everything else as it is. */
export function forPeople(thrown: unknown): never {
  const { constraint } = Object(thrown) as { constraint?: string }
  const sentence = constraint === undefined ? undefined : SENTENCES[constraint]
  throw sentence ? sentence() : thrown
}
