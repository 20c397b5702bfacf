const byId = (id) => document.getElementById(id)

/** On a phone the workspace stands behind a button, over what one reads. */
export function drawer(open) {
  document.body.classList.toggle('drawer', open)
  byId('menu').setAttribute('aria-expanded', String(open))
  if (open) byId('person').focus()
}

/** Lets the button, Escape and a click beside it open and close the drawer. */
export function drawerButton() {
  byId('menu').addEventListener('click', () => drawer(!document.body.classList.contains('drawer')))
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !document.body.classList.contains('drawer')) return
    drawer(false)
    byId('menu').focus()
  })
  document.addEventListener('click', (event) => {
    if (event.target.closest('#sidebar, #menu') === null) drawer(false)
  })
}
