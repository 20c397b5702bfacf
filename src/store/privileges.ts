/**
 * Everything that the bot's role may do, and nothing else: applied by every migration. Audit rows are read only; they are
 * added by functions that belong to the owner. No function is executable unless it stands here.
 */
const TABLE_PRIVILEGES = {
  audit: 'SELECT',
  audit_head: 'SELECT',
  audit_v1: 'SELECT',
  access_version: 'SELECT',
  role_grant: 'SELECT, INSERT, UPDATE, DELETE',
  channel_binding: 'SELECT, INSERT, UPDATE, DELETE',
  slack_user: 'SELECT, INSERT, UPDATE',
  slack_channel: 'SELECT, INSERT, UPDATE',
  slack_group: 'SELECT, INSERT, UPDATE, DELETE',
  seed: 'SELECT, INSERT',
  outbox: 'SELECT, INSERT, UPDATE, DELETE',
  outbox_due: 'SELECT',
  outbox_channel: 'SELECT, INSERT, UPDATE',
  offer: 'SELECT, INSERT, UPDATE, DELETE',
  process: 'SELECT, INSERT, UPDATE, DELETE',
  replay: 'SELECT, DELETE',
  request: 'SELECT, UPDATE, DELETE',
  job: 'SELECT, INSERT, UPDATE',
  job_run: 'SELECT, INSERT, UPDATE, DELETE',
  job_request: 'SELECT, INSERT, UPDATE, DELETE',
  operation: 'SELECT, INSERT, UPDATE',
  operation_step: 'SELECT, UPDATE',
  operation_review: 'SELECT, INSERT',
  operation_lock: 'SELECT',
  operation_transition: 'SELECT',
  operation_override: 'SELECT, UPDATE',
  operation_whole: 'SELECT',
  operation_named: 'SELECT',
  operation_v1: 'SELECT',
  change_freeze: 'SELECT, INSERT, UPDATE',
  schema_migration: 'SELECT',
} as const

const SEQUENCE_PRIVILEGES = { outbox_seq: 'USAGE', operation_fence: 'USAGE' } as const

const FUNCTION_PRIVILEGES = [
  'audit_moment(timestamptz)',
  'audit_append(json)',
  'audit_prune(timestamptz)',
  'access_lock()',
  'access_hold()',
  'operation_keys(json)',
  'operation_read(text)',
  'operation_locked(text)',
  'operation_claim(double precision)',
  'operation_intend(text, bigint, integer, json)',
  'operation_begin(text, bigint, integer, json, bigint)',
  'ledger_put(json, json)',
  'role_rank(text)',
  'outbox_put(json)',
  'outbox_claim(integer, uuid, interval, interval)',
  'process_lives(uuid)',
  'receive(json, uuid)',
  'receive_batch(receive_item[], uuid)',
  'disown(json, uuid)',
  'request_end(uuid, uuid)',
  'finish(json, uuid)',
] as const

/** The statements that give a role what it needs and take everything else away. `role` is a quoted identifier. */
export function privilegeStatements(role: string): readonly string[] {
  return [
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    `REVOKE CREATE ON SCHEMA public FROM ${role}`,
    `GRANT USAGE ON SCHEMA public TO ${role}`,
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, ${role}`,
    `REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, ${role}`,
    `REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, ${role}`,
    ...Object.entries(TABLE_PRIVILEGES).map(([table, may]) => `GRANT ${may} ON ${table} TO ${role}`),
    ...Object.entries(SEQUENCE_PRIVILEGES).map(
      ([name, may]) => `GRANT ${may} ON SEQUENCE ${name} TO ${role}`,
    ),
    ...FUNCTION_PRIVILEGES.map((name) => `GRANT EXECUTE ON FUNCTION ${name} TO ${role}`),
  ]
}
