// The thread of html-renderer.ts: one mail in, its harmless HTML out.
import { parentPort } from 'node:worker_threads'
import type { RenderOrder } from './html-renderer.ts'
import { renderHtml } from './safe-html.ts'

parentPort?.on('message', ({ html, cidUrls, options }: RenderOrder) => {
  parentPort?.postMessage(renderHtml(html, { ...options, cidUrl: (contentId) => cidUrls.get(contentId) }))
})
