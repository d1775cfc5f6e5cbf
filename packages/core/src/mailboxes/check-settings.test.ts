import { describe, expect, test } from 'vitest'
import { checkSettings, readSettings, settingConflicts } from './check-settings.ts'

describe('settings of a mailbox', () => {
  test.each<[string, string, unknown]>([
    ['a switch', 'acknowledge=false', { acknowledge: false }],
    ['a number', 'undo_seconds=30', { undo_seconds: 30 }],
    ['nothing where nothing means something', 'reopen_days=', { reopen_days: null }],
    ['an empty text', 'signature=', { signature: '' }],
    ['a text with = in it', 'signature=a=b', { signature: 'a=b' }],
    ['text of many lines', 'signature=a\nb', { signature: 'a\nb' }],
    [
      'a list, in lower case',
      'form_senders=A@b.example, c@d.example',
      { form_senders: ['a@b.example', 'c@d.example'] },
    ],
    ['an empty list', 'form_senders=', { form_senders: [] }],
    ['a word of a choice', 'late_answers=reopen', { late_answers: 'reopen' }],
    ['a domain', 'reply_domain=reply.desk.example', { reply_domain: 'reply.desk.example' }],
    ['a language', 'language=pt-br', { language: 'pt-br' }],
  ])('%s is read from a command line', (_, word, value) => {
    expect(readSettings([word])).toEqual(value)
  })

  test.each<[string, string]>([
    ['acknowledge=maybe', 'acknowledge must be true or false'],
    ['undo_seconds=3601', 'undo_seconds must be a whole number from 0 to 3600 (seconds)'],
    ['undo_seconds=', 'undo_seconds must be a whole number'],
    ['undo_seconds=1.5', 'undo_seconds must be a whole number'],
    ['late_answers=ignore', 'late_answers must be one of reopen, new_linked, reject'],
    ['display_name=a\nb', 'display_name must be one line'],
    ['form_senders=a@b.example,nobody', 'form_senders must be up to 100 mail addresses'],
    ['trusted_authserv_ids=two words', 'trusted_authserv_ids must be up to 100 names'],
    ['reply_domain=-bad-.example', 'reply_domain must be a domain'],
    ['language=english please', 'language must be a language tag'],
    ['imap_secret=x', 'imap_secret is no setting of a mailbox; there are display_name,'],
    ['acknowledge', 'acknowledge is wanted as acknowledge=value'],
  ])('%s is refused by name, with what is allowed', (word, message) => {
    expect(() => readSettings([word])).toThrow(message)
  })

  test('all faults are told at once', () => {
    expect(() => readSettings(['nonsense=1', 'undo_seconds=-1'])).toThrow(/nonsense.*undo_seconds/s)
    expect(() => checkSettings({ reopen_days: 'x', acknowledge: 1 })).toThrow(/reopen_days.*acknowledge/s)
  })

  test('what does not go together is told', () => {
    const field = (values: Parameters<typeof settingConflicts>[0]) =>
      settingConflicts(values, ['INBOX', 'Forms']).map((fault) => fault.field)
    expect(field({ after_processing: 'move', after_folder: null })).toEqual(['after_folder'])
    expect(field({ after_processing: 'move', after_folder: 'Forms' })).toEqual(['after_folder'])
    expect(field({ after_processing: 'move', after_folder: 'Done' })).toEqual([])
    expect(field({ sub_addressing: 'catch_all', reply_domain: null })).toEqual(['reply_domain'])
    expect(field({ imap_host: 'imap.example', imap_port: 993, imap_user: null })).toEqual(['imap_host'])
  })
})
