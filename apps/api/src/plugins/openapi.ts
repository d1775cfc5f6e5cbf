// The API's own description: OpenAPI 3.1 for programs, a page for people.
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { ApiApp } from '../api-app.ts'

/** Must be registered before the routes it describes. */
export async function addOpenApi(app: ApiApp): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'maildesk',
        version: '1',
        description:
          'Tickets, messages, attachments and the two ledgers of mail. Errors are application/problem+json (RFC 9457) with a stable `code`. Lists are paged by `cursor`.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'A token of `maildesk token create`.' },
        },
      },
      security: [{ bearer: [] }],
    },
    convertConstToEnum: false,
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json.$id === 'string' ? json.$id : `def-${index}`,
    },
  })
}

/** The two addresses at which the description is found; after all routes. */
export async function addApiDocs(app: ApiApp): Promise<void> {
  app.get('/api/openapi.json', { config: { policy: 'public' }, schema: { hide: true } }, async () =>
    app.swagger(),
  )
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, policy: 'public' }
    })
    await docs.register(swaggerUi, {
      routePrefix: '/api/docs',
      staticCSP: true,
      uiConfig: { deepLinking: true, tryItOutEnabled: true },
    })
  })
}
