import type { Command } from '../src/core/command.ts'
import { auditSearch } from './audit-search.ts'
import { channelBind } from './channel-bind.ts'
import { channelShow } from './channel-show.ts'
import { channelUnbind } from './channel-unbind.ts'
import { help } from './help.ts'
import { jobsList } from './jobs-list.ts'
import { jobsPause } from './jobs-pause.ts'
import { jobsResume } from './jobs-resume.ts'
import { jobsRun } from './jobs-run.ts'
import { menu } from './menu.ts'
import { policy } from './policy.ts'
import { rolesGrant } from './roles-grant.ts'
import { rolesList } from './roles-list.ts'
import { rolesReview } from './roles-review.ts'
import { rolesRevoke } from './roles-revoke.ts'
import { share } from './share.ts'
import { whoami } from './whoami.ts'

/** Everything that can be asked for, in the order in which help shows it. A new command is one file and one line here. */
export const commands: readonly Command[] = [
  menu,
  help,
  whoami,
  policy,

  // health, cluster, logs
  share,

  jobsList,
  jobsRun,
  jobsPause,
  jobsResume,

  rolesList,
  rolesGrant,
  rolesRevoke,
  rolesReview,
  channelShow,
  channelBind,
  channelUnbind,

  auditSearch,
]
