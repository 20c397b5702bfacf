import { describe, expect, it } from 'vitest'
import { createRenderer } from '../../../practice/page/render.ts'
import { createState } from '../../../practice/slack/state.ts'
import { bakeryIa } from '../../../practice/slack/workspace.ts'

const renderer = createRenderer(createState(bakeryIa))
const words = (html: string) => html.replace(/<[^>]*>/g, '')
const section = (text: string) => [{ type: 'section', text: { type: 'mrkdwn', text } }]
const plain = (text: string) => ({ type: 'plain_text', text })

describe('drawn blocks', () => {
  it('show people, groups and channels by name', () => {
    const html = renderer.blocks(section('<@U0ANA> of <!subteam^S0DBA> in <#C0DIGEST>, by <@U0BAKERY>'))
    expect(words(html)).toBe('@ana of @dba in #morning-digest, by @Bakery')
  })

  it('keep the colons of times and addresses', () => {
    const text = 'at 07:00:03, auth-db:5432\nNext: look; <https://signoz.example/a:b|SigNoz>'
    const html = renderer.blocks(section(text))
    expect(words(html)).toBe('at 07:00:03, auth-db:5432\nNext: look; SigNoz')
    expect(html).toContain('href="https://signoz.example/a:b"')
  })

  it('keep what was escaped as it is, and verbatim text formatted', () => {
    const escaped = 'a&gt;b &lt;@U0ANA&gt; &amp;amp;\n&gt; no quote'
    const html = renderer.blocks([
      { type: 'section', text: { type: 'mrkdwn', text: `*bold* ${escaped}`, verbatim: true } },
    ])
    expect(words(html)).toBe(`bold ${escaped}`)
    expect(html).toContain('<strong>')
    expect(html).not.toContain('data-user-id')
  })

  it('take plain text literally', () => {
    const html = renderer.blocks([{ type: 'header', text: plain('a *b* <c> & d_e_f') }])
    expect(html).toContain('a *b* &lt;c&gt; &amp; d_e_f')
    expect(html).not.toContain('<strong>')
  })

  it('never let markup of a message become markup of the page', () => {
    const hostile = '<script>alert(1)</script> <img src=x onerror=alert(1)> <javascript:alert(1)|here>'
    const html = [
      renderer.text(hostile),
      renderer.blocks([{ type: 'header', text: plain(hostile) }]),
      renderer.blocks([
        {
          type: 'actions',
          block_id: '"><script>',
          elements: [
            { type: 'button', action_id: '"><script>', text: plain(hostile), url: 'javascript:alert(1)' },
          ],
        },
      ]),
    ].join('')
    expect(html).not.toMatch(/<script|<img|href="javascript:alert|data-url/)
  })

  it('show a picture that was uploaded to Slack, and load none from elsewhere', () => {
    const picture = (more: object) => renderer.blocks([{ type: 'image', alt_text: 'p99 of orders', ...more }])
    const own = picture({ slack_file: { url: 'http://127.0.0.1:1/files-pri/T1-F1/a.png' } })
    expect(own).toContain('src="/file?path=%2Ffiles-pri%2FT1-F1%2Fa.png&amp;shown=1"')
    const other = picture({ image_url: 'https://elsewhere.example/a.png' })
    expect(other).not.toMatch(/<img|<link|elsewhere\.example/)
    expect(words(other)).toBe('p99 of orders (a picture from elsewhere, not loaded here)')
  })

  it('keep two emoji that stand side by side, and the colons of what is none', () => {
    expect(words(renderer.blocks(section(':warning::warning: at 07:00:03')))).not.toContain(':warning:')
    expect(words(renderer.text('a:warning:b'))).toBe('a:warning:b')
  })

  it('leave what is entered to the page, wherever it stands among other blocks', () => {
    const block = {
      type: 'input',
      block_id: 'why',
      label: plain('Why "?'),
      element: { type: 'plain_text_input' },
    }
    const html = renderer.blocks([...section('before'), block, ...section('after')])
    expect(html).toMatch(/before.*<slack-field data-input="[^"]*Why \\&quot;\?[^"]*"><\/slack-field>.*after/s)
  })

  it('say of every control which one it is', () => {
    const html = renderer.blocks([
      {
        type: 'section',
        block_id: 'a',
        text: plain('x'),
        accessory: {
          type: 'button',
          action_id: 'logs',
          text: plain('Logs'),
          accessibility_label: 'Logs of auth-db',
        },
      },
      {
        type: 'actions',
        block_id: 'b',
        elements: [
          {
            type: 'button',
            action_id: 'logs',
            text: plain('Logs'),
            style: 'danger',
            confirm: { title: plain('Sure?') },
          },
          {
            type: 'static_select',
            action_id: 'area',
            placeholder: plain('Area'),
            options: [{ text: plain('Pods'), value: 'pods' }],
          },
        ],
      },
    ])
    expect(html).toMatch(/data-block="a" data-action="logs" aria-label="Logs of auth-db"/)
    expect(html).toMatch(
      /class="control danger [^"]*" data-block="b" data-action="logs" data-confirm="[^"]*Sure\?/,
    )
    expect(html).toMatch(/<slack-control data-block="b" data-action="area" data-element="[^"]*Pods/)
    expect(html).not.toMatch(/ id="/)
  })
})
