import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

/** Who may import whom (docs/ARCHITECTURE.md, "Layers"). A folder always may import itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  commands: ['core', 'blocks', 'views'],
  scheduled: ['core', 'blocks'],
  'src/core': ['platform'],
  'src/blocks': [],
  'src/views': ['core', 'blocks'],
  'src/health': ['core', 'platform', 'blocks'],
  'src/schedule': ['core'],
  'src/operations': ['core', 'store'],
  'src/slack': ['core', 'views'],
  'src/store': ['core'],
  'src/audit': ['core', 'store'],
  'src/adapters': ['core', 'platform'],
}
/** These may name the types of blocks, and nothing of them that runs. */
const TYPES_ONLY: Record<string, readonly string[]> = { 'src/core': ['blocks'], 'src/store': ['blocks'] }

/** Each SDK lives in one folder. */
const SDK_HOME: Record<string, readonly string[]> = {
  '@slack/': ['src/slack'],
  '@kubernetes/client-node': ['src/adapters/kubernetes'],
  pg: ['src/store', 'src/adapters/postgres'],
  'node-pg-migrate': ['src/store'],
  ioredis: ['src/adapters/redis'],
  'node-cron': ['src/schedule'],
}

interface Import {
  readonly file: string
  readonly from: string
  readonly typeOnly: boolean
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const found: Import[] = []
  for (const match of text.matchAll(
    /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|import\('([^']+)'\)|^import\s+'([^']+)'/gm,
  )) {
    found.push({
      file,
      typeOnly: Boolean(match[1]) || Boolean(match[3]),
      from: match[2] ?? match[3] ?? match[4] ?? '',
    })
  }
  return found
}

function layerOf(path: string): string {
  return Object.keys(MAY_IMPORT).find((layer) => path.startsWith(`${layer}/`)) ?? path
}

const inLayers = ['commands', 'scheduled', 'src'].flatMap(sourceFiles)
const imports = inLayers.flatMap(importsOf)

function layerFault({ file, from, typeOnly }: Import): string | null {
  const layer = layerOf(file)
  const rules = MAY_IMPORT[layer]
  if (!rules || !from.startsWith('.')) return null
  const target = relative(ROOT, resolve(ROOT, dirname(file), from))
  const other = layerOf(target)
  const name = other === 'src/platform.ts' ? 'platform' : other.replace('src/', '')
  const sameAdapter = layer !== 'src/adapters' || file.split('/')[2] === target.split('/')[2]
  if (other === layer && sameAdapter) return null
  if (other !== layer && rules.includes(name)) return null
  if (typeOnly && TYPES_ONLY[layer]?.includes(name)) return null
  return `${file} imports ${target}: ${layer} may import ${rules.join(', ') || 'nothing'}`
}

function sdkFault({ file, from }: Import): string | null {
  const sdk = Object.keys(SDK_HOME).find((name) =>
    name.endsWith('/') ? from.startsWith(name) : from === name,
  )
  if (!sdk || SDK_HOME[sdk]?.some((home) => file.startsWith(`${home}/`))) return null
  return `${file} imports ${from}, which belongs in ${SDK_HOME[sdk]?.join(' or ')}`
}

function cycles(): string[] {
  const graph = new Map<string, string[]>()
  for (const { file, from, typeOnly } of imports) {
    if (typeOnly || !from.startsWith('.')) continue
    const target = relative(ROOT, resolve(ROOT, dirname(file), from))
    graph.set(file, [...(graph.get(file) ?? []), target])
  }
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      return
    }
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return found
}

describe('the layers', () => {
  it('import only in the directions of the table', () => {
    expect(imports.map(layerFault).filter(Boolean)).toEqual([])
  })

  it('keep each SDK in its own folder', () => {
    expect(imports.map(sdkFault).filter(Boolean)).toEqual([])
  })

  it('have no import cycles', () => {
    expect(cycles()).toEqual([])
  })

  it('read the environment only where configuration is read', () => {
    const readers = inLayers.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('process.env'))
    expect(readers).toEqual(['src/config.ts'])
  })

  it('are looked at in full: every source folder has its row', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    expect(folders.map((entry) => `src/${entry.name}`).filter((name) => !(name in MAY_IMPORT))).toEqual([])
  })
})
