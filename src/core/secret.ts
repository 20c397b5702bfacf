const REDACTED = '[redacted]'

/**
 * A text that must not be seen. Printed, logged, put into JSON or inspected it says `[redacted]`; only `reveal` gives the
 * text, and is called where it is handed to a connection and nowhere else.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself. Never put it into a message, a log line or an error. */
  reveal(): string {
    return this.#text
  }

  equals(other: Secret): boolean {
    return this.#text === other.#text
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED
  }
}

/** Where a secret comes from. It is asked again when the secret turns out to be old, so a rotation needs no restart. */
export type SecretSource = (signal: AbortSignal) => Promise<Secret>

/** A secret that is read once and kept until a system no longer takes it. */
export interface HeldSecret {
  current(signal: AbortSignal): Promise<Secret>
  /** Reads it afresh; null when it is still the one that was refused, so that trying again would change nothing. */
  renewed(refused: Secret, signal: AbortSignal): Promise<Secret | null>
}

/** Keeps what `source` gives, so that not every request reads a file or asks the cluster. */
export function holdSecret(source: SecretSource): HeldSecret {
  let held: Secret | null = null
  return {
    async current(signal) {
      held ??= await source(signal)
      return held
    },
    async renewed(refused, signal) {
      held = await source(signal)
      return held.equals(refused) ? null : held
    },
  }
}
