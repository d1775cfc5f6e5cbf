// The API as a process of its own.
import { runProcess } from '@maildesk/wiring'
import { runApi } from './run-api.ts'

await runProcess('api', process.env, async (desk) => {
  await runApi(desk)
})
