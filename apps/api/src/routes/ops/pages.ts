// The two pages of /ops. They hold nothing that came from outside.

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}input,button{font:inherit;padding:.4rem .6rem}input{width:100%;box-sizing:border-box;margin:.5rem 0}'

/** Asks for an admin's token. `problem` is a sentence of ours. */
export function signInPage(problem?: string): string {
  return page(
    `<form method="post" action="/ops/session">
<label for="token">Token of an admin</label>
<input id="token" name="token" type="password" autocomplete="off" required autofocus>
<button>Sign in</button>
</form>${problem ? `<p role="alert">${problem}</p>` : ''}`,
  )
}

/** Where to go once signed in. */
export function homePage(hasQueues: boolean): string {
  return page(
    `<ul>${hasQueues ? '<li><a href="/ops/queues">Queues</a>' : ''}<li><a href="/api/docs">API</a><li><a href="/health/ready">Health</a></ul>
<form method="post" action="/ops/session/end"><button>Sign out</button></form>`,
  )
}

function page(body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>maildesk ops</title><style>${style}</style><h1>maildesk ops</h1>${body}</html>`
}
