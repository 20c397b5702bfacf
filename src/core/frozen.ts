/** Freezes plain data all the way down and gives it back: what an adapter has read is nobody's to change. */
export function frozen<Data>(data: Data): Data {
  if (typeof data !== 'object' || data === null || Object.isFrozen(data)) return data
  for (const value of Object.values(data)) frozen(value)
  return Object.freeze(data)
}
