import { expect, test } from 'vitest'
import { readSmtp } from './smtp-reader.ts'

const everyByte = async () => true

test.each([
  ['of no bytes', '.\r\n', ''],
  ['of one line', 'a\r\n.\r\n', 'a\r\n'],
  ['with stuffed dots', '..\r\n...\r\n.\r\n', '.\r\n..\r\n'],
  ['with a lone dot between bare line feeds', 'a\n.\nb\r\n.\r\n', 'a\n.\nb\r\n'],
  ['with bytes above 127', '\xe9\xff\r\n.\r\n', '\xe9\xff\r\n'],
])(
  'a mail %s is read whole wherever the network cuts it, and the command after it, too',
  async (_, sent, mail) => {
    const bytes = `DATA\r\n${sent}QUIT\r\n`
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        const reader = readSmtp(cutAt(bytes, first, second))
        expect(await reader.readLine()).toBe('DATA')
        expect((await reader.readMail(everyByte))?.toString('latin1')).toBe(mail)
        expect(await reader.readLine()).toBe('QUIT')
        expect(await reader.readLine()).toBeUndefined()
      }
    }
  },
)

test('a mail without its end is no mail', async () => {
  expect(await readSmtp(cutAt('a\r\n.', 1, 2)).readMail(everyByte)).toBeUndefined()
})

test('reading stops when the watcher says so', async () => {
  const counts: number[] = []
  const watcher = async (count: number) => counts.push(count) < 2
  expect(await readSmtp(cutAt('abcdef\r\n.\r\n', 2, 4)).readMail(watcher)).toBeUndefined()
  expect(counts).toEqual([0, 2])
})

async function* cutAt(bytes: string, first: number, second: number) {
  for (const piece of [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)]) {
    yield Buffer.from(piece, 'latin1')
  }
}
