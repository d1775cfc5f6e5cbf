import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BlobKey } from '@maildesk/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openBlobStore } from './index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildesk blobs '))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = () => openBlobStore(pathToFileURL(folder).href)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test('bytes come back as they were put, under their hash', async () => {
  const store = await open()
  const stored = await store.put([Buffer.from('one '), Buffer.from('two')])
  expect(stored).toEqual({ key: sha256('one two'), size: 7 })
  expect(Buffer.from(await store.read(stored.key)).toString()).toBe('one two')
  expect(await store.sizeOf(stored.key)).toBe(7)
})

test('a store that is thrown away keeps and checks bytes like any other', async () => {
  const store = await openBlobStore(pathToFileURL(folder).href, { durable: false })
  const stored = await store.put([Buffer.from('one '), Buffer.from('two')])
  expect(stored).toEqual({ key: sha256('one two'), size: 7 })
  expect(Buffer.from(await store.read(stored.key)).toString()).toBe('one two')
  await expect(store.open(sha256('nothing') as BlobKey)).rejects.toMatchObject({ code: 'blob.missing' })
  expect(await readdir(join(folder, 'tmp'))).toEqual([])
})

test('the same bytes twice are one blob, and nothing temporary stays', async () => {
  const store = await open()
  const first = await store.put([Buffer.from('same')])
  const second = await store.put([Buffer.from('same')])
  expect(second).toEqual(first)
  expect(await readdir(join(folder, 'tmp'))).toEqual([])
  expect(await readdir(join(folder, 'blobs', first.key.slice(0, 2)))).toEqual([first.key])
})

test('what cannot be cleared away hides no failure', async () => {
  const store = await open()
  await rm(join(folder, 'tmp'), { recursive: true })
  await writeFile(join(folder, 'tmp'), 'a file where a folder is to be')
  await expect(store.put([Buffer.from('bytes')])).rejects.toMatchObject({ code: 'blob.unavailable' })
})

test('a source may fill the same buffer again and again', async () => {
  const store = await open()
  async function* lines() {
    const buffer = Buffer.alloc(4)
    for (const line of ['one ', 'two ', 'end.']) {
      buffer.write(line)
      yield buffer
    }
  }
  const { key } = await store.put(lines())
  expect(key).toBe(sha256('one two end.'))
})

test('a copy has the same bytes, goes into no file that is there, and is never of a broken blob', async () => {
  const store = await open()
  const long = 'a line that is long enough for many reads\n'.repeat(20_000)
  const { key } = await store.put([Buffer.from(long)])
  const copy = join(folder, 'copy')
  await store.copyTo(key, copy)
  expect(await readFile(copy, 'utf8')).toBe(long)
  await expect(store.copyTo(key, copy)).rejects.toMatchObject({ code: 'blob.unavailable' })
  await expect(store.copyTo(sha256('nothing') as BlobKey, join(folder, 'none'))).rejects.toMatchObject({
    code: 'blob.missing',
  })
  await truncate(join(folder, 'blobs', key.slice(0, 2), key), 3)
  await expect(store.copyTo(key, join(folder, 'short'))).rejects.toMatchObject({ code: 'blob.corrupt' })
})

test('chunks that were handed out stay as they were', async () => {
  const store = await open()
  const { key } = await store.put([Buffer.from('a'.repeat(300_000)), Buffer.from('b'.repeat(300_000))])
  const chunks: Uint8Array[] = []
  for await (const chunk of await store.open(key)) chunks.push(chunk)
  expect(chunks.length).toBeGreaterThan(1)
  expect(sha256(Buffer.concat(chunks).toString())).toBe(key)
})

test('a source that fails leaves nothing behind and its own error passes through', async () => {
  const store = await open()
  async function* broken() {
    yield Buffer.from('half')
    throw new Error('the connection went away')
  }
  await expect(store.put(broken())).rejects.toThrow('the connection went away')
  expect(await readdir(join(folder, 'tmp'))).toEqual([])
})

test('bytes that no longer match their hash are told as corrupt, never handed out silently', async () => {
  const store = await open()
  const { key } = await store.put([Buffer.from('precious')])
  const path = join(folder, 'blobs', key.slice(0, 2), key)
  await chmod(path, 0o600)
  await truncate(path, 3)
  await expect(store.read(key)).rejects.toMatchObject({ code: 'blob.corrupt' })
})

test('a key that is not there, or not a hash at all, is missing', async () => {
  const store = await open()
  await expect(store.open(sha256('nothing') as BlobKey)).rejects.toMatchObject({ code: 'blob.missing' })
  await expect(store.open('../../etc/passwd' as BlobKey)).rejects.toMatchObject({ code: 'blob.missing' })
  expect(await store.sizeOf(sha256('nothing') as BlobKey)).toBeUndefined()
})

test('temporary files of a process that died long ago are removed at the next start, younger ones stay', async () => {
  await open()
  const [old, young] = [join(folder, 'tmp', 'old'), join(folder, 'tmp', 'young')]
  await writeFile(old, 'x')
  await writeFile(young, 'x')
  await utimes(old, new Date(0), new Date(0))
  await open()
  expect(await readdir(join(folder, 'tmp'))).toEqual(['young'])
})

test('a folder that cannot be written is blob.unavailable and says which step', async () => {
  const file = join(folder, 'in-the-way')
  await writeFile(file, '')
  await expect(openBlobStore(pathToFileURL(file).href)).rejects.toMatchObject({ code: 'blob.unavailable' })
})

test('a scheme without a driver is refused by name', async () => {
  await expect(openBlobStore('ftp://somewhere/')).rejects.toThrow('no driver for ftp:')
})

test('every kept blob is listed once with its size and time, and nothing else that lies around', async () => {
  const store = await open()
  const texts = Array.from({ length: 20 }, (_, index) => `blob ${index}`)
  const keys: string[] = []
  for (const text of [...texts, 'blob 1']) keys.push((await store.put([Buffer.from(text)])).key)
  await writeFile(join(folder, 'blobs', keys[0]?.slice(0, 2) ?? '', 'notes.txt'), 'x')
  const listed = (await Array.fromAsync(store.list())).flat()
  expect(listed.map(({ key }) => key).sort()).toEqual([...new Set(keys)].sort())
  expect(listed.find(({ key }) => key === sha256('blob 3'))).toEqual({
    ...{ key: sha256('blob 3'), size: 6 },
    keptAt: expect.any(Date),
  })
})
