const GAP = 4
const EDGE = 8

/**
 * Shows `content` above everything at `anchor`, below it or, without room there, above. Goes away on a click elsewhere and
 * when the anchor is gone. Returns how to close it; `onClose` hears of it once, however it came.
 */
export function popup(anchor, content, onClose) {
  content.popover = 'manual'
  content.classList.add('popup')
  const home = anchor.closest('dialog') ?? document.body
  home.append(content)
  content.showPopover()
  place(anchor, content)
  const watch = () => (anchor.isConnected ? place(anchor, content) : close())
  const elsewhere = (event) => {
    if (!content.contains(event.target) && !anchor.contains(event.target)) close()
  }
  let open = true
  function close() {
    if (!open) return
    open = false
    document.removeEventListener('pointerdown', elsewhere, true)
    document.removeEventListener('scroll', watch, true)
    window.removeEventListener('resize', watch)
    sizes.disconnect()
    content.remove()
    onClose?.()
  }
  const sizes = new ResizeObserver(watch)
  sizes.observe(content)
  document.addEventListener('pointerdown', elsewhere, true)
  document.addEventListener('scroll', watch, true)
  window.addEventListener('resize', watch)
  return close
}

function place(anchor, content) {
  const at = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = content
  const below = innerHeight - at.bottom - GAP - EDGE
  const above = at.top - GAP - EDGE
  const top = height <= below || below >= above ? at.bottom + GAP : Math.max(EDGE, at.top - GAP - height)
  content.style.left = `${Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE))}px`
  content.style.top = `${top}px`
  content.style.maxHeight = `${Math.max(120, top > at.top ? below : above)}px`
}
