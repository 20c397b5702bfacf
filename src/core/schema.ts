import { z } from 'zod'
import { isDuration, type NameKind, nameKind } from './names.ts'

/** One argument of a command, as its zod schema describes it. */
export interface Field {
  readonly key: string
  /** As typed after two dashes: `sinceMinutes` is `--since-minutes`. */
  readonly flag: string
  readonly takes: 'nothing' | 'one' | 'many'
  readonly required: boolean
  readonly description: string
  /** The words that it may be; empty where any text will do. */
  readonly choices: readonly string[]
  /** What kind of name it is, where it is one: such names may be abbreviated. */
  readonly names: NameKind | null
  /** What stands for it when it is not given; undefined: nothing. */
  readonly fallback: unknown
  /** What its value is called in a usage line: `channel`, `span`, `number`, or the name of the argument. */
  readonly valueWord: string
  /** A span of time, whose value is a number of seconds. */
  readonly isSpan: boolean
}

export function fieldsOf(shape: z.ZodObject): readonly Field[] {
  return Object.entries(shape.shape).map(([key, schema]) => fieldOf(key, schema))
}

function fieldOf(key: string, schema: z.core.$ZodType): Field {
  const layers = layersOf(schema)
  const inner = layers.at(-1) ?? schema
  const items = inner instanceof z.ZodArray ? layersOf(inner.element) : []
  const all = [...layers, ...items]
  const isSpan = layers.some(isDuration)
  const names = first(all, nameKind) ?? null
  return {
    key,
    flag: key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    takes: takesOf(inner),
    required: !schemaAllowsNothing(layers),
    description: first(all, (layer) => z.globalRegistry.get(layer)?.description) ?? '',
    choices:
      first(all, (layer) => (layer instanceof z.ZodEnum ? layer.options.map(String) : undefined)) ?? [],
    names,
    fallback: first(layers, fallbackOf),
    valueWord: names ?? wordOf(inner, isSpan) ?? key,
    isSpan,
  }
}

function wordOf(inner: z.core.$ZodType, isSpan: boolean): string | null {
  if (isSpan) return 'span'
  return inner instanceof z.ZodNumber ? 'number' : null
}

function takesOf(inner: z.core.$ZodType): Field['takes'] {
  if (inner instanceof z.ZodBoolean) return 'nothing'
  return inner instanceof z.ZodArray ? 'many' : 'one'
}

/** A schema and what it wraps, from the outside in. */
function layersOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const inner = unwrapped(schema)
  return inner === null ? [schema] : [schema, ...layersOf(inner)]
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType | null {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return schema.unwrap()
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.unwrap()
  if (schema instanceof z.ZodPipe) return schema.in instanceof z.ZodTransform ? schema.out : schema.in
  return null
}

function schemaAllowsNothing(layers: readonly z.core.$ZodType[]): boolean {
  return layers.some(
    (layer) =>
      layer instanceof z.ZodOptional || layer instanceof z.ZodDefault || layer instanceof z.ZodPrefault,
  )
}

function fallbackOf(layer: z.core.$ZodType): unknown {
  if (layer instanceof z.ZodDefault || layer instanceof z.ZodPrefault) return layer.def.defaultValue
  return undefined
}

function first<T>(
  layers: readonly z.core.$ZodType[],
  look: (layer: z.core.$ZodType) => T | null | undefined,
): T | undefined {
  for (const layer of layers) {
    const found = look(layer)
    if (found !== null && found !== undefined) return found
  }
  return undefined
}
