/**
 * Slack's documented limits as a table: the largest that is taken, and one more that is not.
 * Source: https://docs.slack.dev/reference/block-kit and /reference/views, as of November 2026.
 */
const plain = (text: string) => ({ type: 'plain_text', text })
const letters = (count: number) => 'x'.repeat(count)
export const times = <T>(count: number, of: (index: number) => T) =>
  Array.from({ length: count }, (_, at) => of(at))

export const section = (more: object = {}) => ({ type: 'section', text: plain('a'), ...more })
const actions = (...elements: object[]) => ({ type: 'actions', elements })
const button = (more: object) => actions({ type: 'button', action_id: 'a', text: plain('Go'), ...more })
const option = (more: object = {}) => ({ text: plain('One'), value: '1', ...more })
const select = (more: object) =>
  actions({ type: 'static_select', action_id: 'a', options: [option()], ...more })
const confirm = (more: object) =>
  button({
    confirm: { title: plain('t'), text: plain('t'), confirm: plain('y'), deny: plain('n'), ...more },
  })
const input = (more: object = {}, element: object = {}) => ({
  type: 'input',
  label: plain('Why'),
  element: { type: 'plain_text_input', action_id: 'a', ...element },
  ...more,
})

/** What is limited, the most that Slack takes, and a block with as much of it as is wanted. */
export const LIMITS: readonly (readonly [what: string, limit: number, block: (size: number) => object])[] = [
  ['characters of a section', 3000, (size) => section({ text: plain(letters(size)) })],
  ['fields of a section', 10, (size) => section({ fields: times(size, () => plain('a')) })],
  ['characters of a field', 2000, (size) => section({ fields: [plain(letters(size))] })],
  ['characters of a header', 150, (size) => ({ type: 'header', text: plain(letters(size)) })],
  ['elements of a context', 10, (size) => ({ type: 'context', elements: times(size, () => plain('a')) })],
  [
    'elements of a row of actions',
    25,
    (size) => actions(...times(size, (at) => ({ type: 'button', action_id: `a${at}`, text: plain('Go') }))),
  ],
  ['feedback actions', 5, (size) => ({ type: 'context_actions', elements: times(size, () => ({})) })],
  ['characters of a button', 75, (size) => button({ text: plain(letters(size)) })],
  ['characters of a button’s value', 2000, (size) => button({ value: letters(size) })],
  ['characters of a button’s url', 3000, (size) => button({ url: letters(size) })],
  ['characters of a button’s label', 75, (size) => button({ accessibility_label: letters(size) })],
  ['characters of an action_id', 255, (size) => button({ action_id: letters(size) })],
  ['characters of a block_id', 255, (size) => section({ block_id: letters(size) })],
  ['options of a menu', 100, (size) => select({ options: times(size, () => option()) })],
  [
    'groups of a menu',
    100,
    (size) =>
      select({
        options: undefined,
        option_groups: times(size, () => ({ label: plain('g'), options: [option()] })),
      }),
  ],
  ['characters of an option', 75, (size) => select({ options: [option({ text: plain(letters(size)) })] })],
  ['characters of an option’s value', 150, (size) => select({ options: [option({ value: letters(size) })] })],
  [
    'characters of an option’s description',
    75,
    (size) => select({ options: [option({ description: plain(letters(size)) })] }),
  ],
  ['characters of a placeholder', 150, (size) => select({ placeholder: plain(letters(size)) })],
  [
    'options of an overflow menu',
    5,
    (size) => actions({ type: 'overflow', action_id: 'a', options: times(size, () => option()) }),
  ],
  [
    'check boxes',
    10,
    (size) => actions({ type: 'checkboxes', action_id: 'a', options: times(size, () => option()) }),
  ],
  [
    'radio buttons',
    10,
    (size) => actions({ type: 'radio_buttons', action_id: 'a', options: times(size, () => option()) }),
  ],
  ['characters of a confirmation’s title', 100, (size) => confirm({ title: plain(letters(size)) })],
  ['characters of a confirmation', 300, (size) => confirm({ text: plain(letters(size)) })],
  ['characters of its yes', 30, (size) => confirm({ confirm: plain(letters(size)) })],
  ['characters of its no', 30, (size) => confirm({ deny: plain(letters(size)) })],
  ['characters of an input’s label', 2000, (size) => input({ label: plain(letters(size)) })],
  ['characters of an input’s hint', 2000, (size) => input({ hint: plain(letters(size)) })],
  ['characters that may be typed', 3000, (size) => input({}, { max_length: size })],
  [
    'characters of an image’s description',
    2000,
    (size) => ({ type: 'image', image_url: 'https://a.example/b.png', alt_text: letters(size) }),
  ],
  [
    'characters of an image’s address',
    3000,
    (size) => ({ type: 'image', image_url: letters(size), alt_text: 'a' }),
  ],
  ['rows of a table', 100, (size) => ({ type: 'table', rows: times(size, () => [{}]) })],
  ['cells of a row', 20, (size) => ({ type: 'table', rows: [times(size, () => ({}))] })],
  ['characters of Markdown', 12_000, (size) => ({ type: 'markdown', text: letters(size) })],
]

/** How many blocks a message and a window may have. */
export const BLOCKS = [
  ['message', 50],
  ['view', 100],
] as const
