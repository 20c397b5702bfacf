import { string } from '../json.ts'
import { cannotWrite } from './chat.ts'
import { forward, type Method, refuse } from './method.ts'

const upload: Method = async (desk, body) => {
  if (Number(body.length) <= 0) return refuse('invalid_arguments')
  return forward(desk, 'files.getUploadURLExternal', body)
}

const complete: Method = async (desk, body) => {
  const channel = string(body.channel_id)
  const reason = channel === '' ? null : cannotWrite(desk, channel)
  if (reason !== null) return refuse(reason)
  const reply = await forward(desk, 'files.completeUploadExternal', body)
  if (reply.body.ok === true) desk.state.changed({ type: 'files', channel })
  return reply
}

export const files: Readonly<Record<string, Method>> = {
  'files.getUploadURLExternal': upload,
  'files.completeUploadExternal': complete,
}
