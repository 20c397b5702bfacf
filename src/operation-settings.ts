import type { Platform } from './platform.ts'
import type { OperationSettings } from './store/operations-rows.ts'
import { operationVoice } from './views/operations/voice.ts'

/** What the store has to know about operations of this platform. */
export function operationSettings({ approvals, channels, timeZone }: Platform): OperationSettings {
  return {
    expireMinutes: approvals.expireMinutes,
    securityChannel: channels.security,
    voice: operationVoice(timeZone),
  }
}
