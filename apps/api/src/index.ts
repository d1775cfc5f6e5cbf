// What `maildesk start` and the docs generator use.
export { buildOpenApiDocument } from './openapi-document.ts'
export { runApi } from './run-api.ts'
