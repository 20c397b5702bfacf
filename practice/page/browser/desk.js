/**
 * What the parts of the page know of one another: who somebody is, who else is there, and what can be done from anywhere.
 * page.js fills it in; `practice:change` on the document tells of every live change (its `detail`).
 */
export const desk = {
  /** The id of the person that the page is. */
  person: '',
  /** What the server said last: people, channels, directs, completions, shortcuts. */
  state: null,
  /** Becomes another person. */
  become: async (_person) => {},
  /** Opens a channel or a direct message. */
  go: async (_channel) => {},
  /** Puts a line into the composer, ready to be sent. */
  fill: (_text) => {},
  /** Says a sentence to a screen reader. */
  announce: (_words) => {},
}

/** A person's name, or the id where nobody is known. */
export const nameOf = (id) => desk.state?.people.find((person) => person.id === id)?.realName ?? id
