import type { Command } from '../src/core/command.ts'
import { alerts } from './alerts.ts'
import { auditSearch } from './audit-search.ts'
import { channelBind } from './channel-bind.ts'
import { channelShow } from './channel-show.ts'
import { channelUnbind } from './channel-unbind.ts'
import { deployments } from './deployments.ts'
import { events } from './events.ts'
import { health } from './health.ts'
import { help } from './help.ts'
import { jobsList } from './jobs-list.ts'
import { jobsPause } from './jobs-pause.ts'
import { jobsResume } from './jobs-resume.ts'
import { jobsRun } from './jobs-run.ts'
import { logs } from './logs.ts'
import { menu } from './menu.ts'
import { nodes } from './nodes.ts'
import { pods } from './pods.ts'
import { policy } from './policy.ts'
import { rolesGrant } from './roles-grant.ts'
import { rolesList } from './roles-list.ts'
import { rolesReview } from './roles-review.ts'
import { rolesRevoke } from './roles-revoke.ts'
import { services } from './services.ts'
import { share } from './share.ts'
import { top } from './top.ts'
import { whoami } from './whoami.ts'

/** Everything that can be asked for, in the order in which help shows it. A new command is one file and one line here. */
export const commands: readonly Command[] = [
  menu,
  help,
  whoami,
  policy,

  health,
  services,
  alerts,
  pods,
  deployments,
  nodes,
  top,
  events,
  logs,
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
