/**
 * What Slack's error codes mean for a message. Source: the error tables of chat.postMessage, chat.update, chat.postEphemeral,
 * conversations.open and files.completeUploadExternal on https://docs.slack.dev/reference/methods
 */

/** Slack says that it may have done it all the same. */
export const UNCERTAIN_CODES: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
])

/**
 * - `content`: Slack will not take this message as it is; the plain form of it may go.
 * - `place`: the conversation cannot be used; a direct message may.
 * - `person`: the person cannot be written to at all.
 * - `later`: nothing is wrong with the message, Bakery's own standing has to be mended first.
 * - `unlisted`: a code that this table does not know; nothing was sent.
 */
export type Meaning = 'content' | 'place' | 'person' | 'later' | 'unlisted'

const MEANINGS: Readonly<Record<string, Meaning>> = {
  invalid_blocks: 'content',
  invalid_blocks_format: 'content',
  invalid_payload: 'content',
  msg_too_long: 'content',
  msg_blocks_too_long: 'content',
  block_mismatch: 'content',
  no_text: 'content',
  invalid_arguments: 'content',
  invalid_metadata_format: 'content',
  invalid_metadata_schema: 'content',
  metadata_too_large: 'content',
  too_many_attachments: 'content',

  channel_not_found: 'place',
  not_in_channel: 'place',
  user_not_in_channel: 'place',
  is_archived: 'place',
  is_inactive: 'place',
  restricted_action: 'place',
  restricted_action_read_only_channel: 'place',
  restricted_action_thread_only_channel: 'place',
  restricted_action_thread_locked: 'place',
  restricted_action_non_threadable_channel: 'place',
  channel_type_not_supported: 'place',
  method_not_supported_for_channel_type: 'place',
  cannot_reply_to_message: 'place',
  thread_not_found: 'place',
  no_permission: 'place',
  message_not_found: 'place',
  cant_update_message: 'place',
  edit_window_closed: 'place',
  expired_url: 'place',
  used_url: 'place',
  http_404: 'place',
  http_410: 'place',

  user_not_found: 'person',
  user_not_visible: 'person',
  user_disabled: 'person',
  users_not_found: 'person',
  cannot_dm_bot: 'person',
  messages_tab_disabled: 'person',

  invalid_auth: 'later',
  not_authed: 'later',
  account_inactive: 'later',
  token_revoked: 'later',
  token_expired: 'later',
  missing_scope: 'later',
  not_allowed_token_type: 'later',
  access_denied: 'later',
  accesslimited: 'later',
  org_login_required: 'later',
  ekm_access_denied: 'later',
  team_access_not_granted: 'later',
  team_not_found: 'later',
  enterprise_is_restricted: 'later',
  two_factor_setup_required: 'later',
  message_limit_exceeded: 'later',
}

/** What a code means. Slack's way of naming tells a fault of the message from others where the table does not. */
export function meaningOf(code: string): Meaning {
  return MEANINGS[code] ?? (code.startsWith('invalid_') ? 'content' : 'unlisted')
}
