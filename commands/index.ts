import type { Command } from '../src/core/command.ts'
import { alerts } from './alerts.ts'
import { approvals } from './approvals.ts'
import { ask } from './ask.ts'
import { auditSearch } from './audit-search.ts'
import { channelBind } from './channel-bind.ts'
import { channelShow } from './channel-show.ts'
import { channelUnbind } from './channel-unbind.ts'
import { deployments } from './deployments.ts'
import { events } from './events.ts'
import { fluxReconcile } from './flux-reconcile.ts'
import { fluxResume } from './flux-resume.ts'
import { fluxSuspend } from './flux-suspend.ts'
import { form } from './form.ts'
import { freeze } from './freeze.ts'
import { health } from './health.ts'
import { help } from './help.ts'
import { hpa } from './hpa.ts'
import { hpaList } from './hpa-list.ts'
import { jobsList } from './jobs-list.ts'
import { jobsPause } from './jobs-pause.ts'
import { jobsResume } from './jobs-resume.ts'
import { jobsRun } from './jobs-run.ts'
import { kubectl } from './kubectl.ts'
import { logs } from './logs.ts'
import { menu } from './menu.ts'
import { nodeCordon } from './node-cordon.ts'
import { nodeDrain } from './node-drain.ts'
import { nodeUncordon } from './node-uncordon.ts'
import { nodes } from './nodes.ts'
import { opsApprove } from './ops-approve.ts'
import { opsCancel } from './ops-cancel.ts'
import { opsConfirm } from './ops-confirm.ts'
import { opsDecide } from './ops-decide.ts'
import { opsDeny } from './ops-deny.ts'
import { opsList } from './ops-list.ts'
import { opsResolve } from './ops-resolve.ts'
import { opsReview } from './ops-review.ts'
import { opsShow } from './ops-show.ts'
import { opsUndo } from './ops-undo.ts'
import { overrides } from './overrides.ts'
import { overridesEnd } from './overrides-end.ts'
import { overridesForget } from './overrides-forget.ts'
import { podDelete } from './pod-delete.ts'
import { pods } from './pods.ts'
import { policy } from './policy.ts'
import { restart } from './restart.ts'
import { restartAll } from './restart-all.ts'
import { rolesGrant } from './roles-grant.ts'
import { rolesList } from './roles-list.ts'
import { rolesReview } from './roles-review.ts'
import { rolesRevoke } from './roles-revoke.ts'
import { rollback } from './rollback.ts'
import { rolloutHistory } from './rollout-history.ts'
import { rolloutPause } from './rollout-pause.ts'
import { rolloutResume } from './rollout-resume.ts'
import { rolloutStatus } from './rollout-status.ts'
import { scale } from './scale.ts'
import { services } from './services.ts'
import { share } from './share.ts'
import { simulate } from './simulate.ts'
import { top } from './top.ts'
import { unfreeze } from './unfreeze.ts'
import { whoami } from './whoami.ts'

/** Everything that can be asked for, in the order in which help shows it. A new command is one file and one line here. */
export const commands: readonly Command[] = [
  menu,
  help,
  whoami,
  policy,

  form,
  health,
  services,
  alerts,
  pods,
  deployments,
  nodes,
  top,
  events,
  rolloutStatus,
  rolloutHistory,
  hpaList,
  kubectl,
  logs,
  share,

  restart,
  restartAll,
  rollback,
  rolloutPause,
  rolloutResume,
  scale,
  hpa,
  podDelete,
  nodeCordon,
  nodeUncordon,
  nodeDrain,
  fluxSuspend,
  fluxResume,
  fluxReconcile,
  opsUndo,
  opsList,
  opsShow,
  opsConfirm,
  opsDecide,
  opsApprove,
  opsDeny,
  opsCancel,
  opsResolve,
  opsReview,
  approvals,
  overrides,
  overridesEnd,
  overridesForget,
  freeze,
  unfreeze,
  simulate,

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

  ask,
  auditSearch,
]
