const CONTROLS = 'slack-field, slack-control'

/** Which control of its message or window this is; what was entered belongs to it. Works before the element is built. */
function placeOf({ dataset }) {
  if (dataset.input === undefined)
    return `${dataset.block} ${dataset.action} ${JSON.parse(dataset.element).type}`
  const { block_id: id, element } = JSON.parse(dataset.input)
  return `${id} ${element.action_id} ${element.type}`
}

const controlsIn = (node) =>
  (node instanceof Element ? [node, ...node.querySelectorAll('*')] : []).filter((one) =>
    one.matches(CONTROLS),
  )

/**
 * Makes `old` like `wanted` and keeps every part that stays the same: with it the focus and what stands open. What was
 * entered in a control goes on to the same control, wherever that stands then. A button never becomes one that does
 * something else: whoever presses it twice would do that as well.
 */
export function morph(old, wanted) {
  keeping([old], [wanted], () => shape(old, wanted))
}

/** Makes the children of `parent` like these, in the same way. */
export function morphChildren(parent, wanted) {
  keeping([...parent.children], wanted, () => shapeChildren(parent, wanted))
}

function keeping(old, wanted, work) {
  const before = old.flatMap(controlsIn)
  const states = new Map(before.map((control) => [placeOf(control), control.state]))
  const focused = before.find((control) => control.contains(document.activeElement))
  const after = wanted.flatMap(controlsIn)
  for (const control of after) control.carried = states.get(placeOf(control))
  work()
  if (focused === undefined || focused.isConnected) return
  after.find((control) => control.isConnected && placeOf(control) === placeOf(focused))?.focusFirst()
}

function shape(old, wanted) {
  if (old.nodeType !== wanted.nodeType || old.nodeName !== wanted.nodeName)
    return void old.replaceWith(wanted)
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue
    return
  }
  if (old.matches('button.control') && old.dataset.action !== wanted.dataset.action)
    return void old.replaceWith(wanted)
  if (old.matches(CONTROLS)) return isSame(old, wanted) ? undefined : void old.replaceWith(wanted)
  attributes(old, wanted)
  shapeChildren(old, [...wanted.childNodes])
}

function isSame({ dataset: one }, { dataset: other }) {
  return ['block', 'element', 'input'].every((key) => one[key] === other[key])
}

function shapeChildren(parent, wanted) {
  const old = [...parent.childNodes]
  for (const [index, child] of wanted.entries()) {
    if (old[index] === undefined) parent.append(child)
    else if (old[index] !== child) shape(old[index], child)
  }
  for (const child of old.slice(wanted.length)) child.remove()
}

function attributes(old, wanted) {
  for (const { name } of [...old.attributes]) {
    if (!wanted.hasAttribute(name) && name !== 'open' && name !== 'aria-busy') old.removeAttribute(name)
  }
  for (const { name, value } of wanted.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  }
}
