import { expect, test } from 'vitest'
import { buildApp } from './build-app.ts'
import { depsForReading } from './deps-for-reading.ts'
import { buildOpenApiDocument } from './openapi-document.ts'

test('a route that does not say who may call it fails the start', async () => {
  const forgotten = buildApp(depsForReading, (app) => {
    app.get('/api/v1/secrets', async () => 'all of them')
  })
  await expect(forgotten).rejects.toThrow('GET /api/v1/secrets declares no policy')
  const misspelt = buildApp(depsForReading, (app) => {
    app.get('/api/v1/secrets', { config: { policy: ['root'] as never } }, async () => 'all of them')
  })
  await expect(misspelt).rejects.toThrow('declares no policy')
})

test('every route of plugins has a policy too, and only these are public', async () => {
  const app = await buildApp(depsForReading)
  const isDocs = (url: string) => url.startsWith('/api/docs')
  const open = app.routeTable.filter(
    ({ policy, method, url }) => policy === 'public' && method !== 'HEAD' && !isDocs(url),
  )
  expect(open.map(({ method, url }) => `${method} ${url}`).sort()).toEqual([
    'GET /api/openapi.json',
    'GET /health/live',
    'GET /health/ready',
    'GET /metrics',
    'GET /ops',
    'POST /ops/session',
    'POST /ops/session/end',
  ])
  await app.close()
})

test('the description is OpenAPI 3.1 with an answer and a summary for every operation, and no dangling reference', async () => {
  const document = (await buildOpenApiDocument()) as {
    openapi: string
    components: { schemas: Record<string, unknown> }
    paths: Record<
      string,
      Record<
        string,
        { summary?: string; responses: Record<string, unknown>; parameters?: { name: string; in: string }[] }
      >
    >
  }
  expect(document.openapi).toBe('3.1.0')
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const where = `${method} ${path}`
      expect(operation.summary, where).toBeTruthy()
      expect(
        Object.keys(operation.responses).some((status) => status.startsWith('2')),
        where,
      ).toBe(true)
      const inPath = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name)
      expect(inPath, where).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
    }
  }
  const openTicket = JSON.stringify(document.paths['/api/v1/tickets']?.post)
  expect(openTicket).toContain('application/problem+json')
  expect(openTicket).toContain('"required":["title","message_text"]')
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
    ([, reference]) => reference,
  )
  expect(references.length).toBeGreaterThan(20)
  const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
  expect(references.filter((reference) => !names.includes(reference as string))).toEqual([])
  expect(Object.keys(document.paths)).toContain('/api/v1/tickets/{id}/messages')
  expect(Object.keys(document.paths).filter((path) => path.startsWith('/ops'))).toEqual([])
})
