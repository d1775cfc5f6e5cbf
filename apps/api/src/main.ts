// The API as a process of its own.
import { runProcess } from '@maildesk/wiring'
import { runApi } from './run-api.ts'

await runProcess('api', async (desk) => {
  await runApi(desk)
})
