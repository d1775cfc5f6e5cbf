import {
  actionMeanings,
  headerFieldEntry,
  mailRuleFields,
  operatorMeanings,
  quarantineReasonEntry,
  quarantineReasons,
} from '@maildesk/core'
import { code, tablePage } from './markdown.ts'

/** docs/generated/mail-rules.md: the language of mail rules. */
export function describeMailRules(): string {
  const fields = Object.entries({ ...mailRuleFields, 'header:<Name>': headerFieldEntry })
  const rows = [
    ...fields.map(([name, { summary, operators, ...entry }]) => {
      const words = 'words' in entry && entry.words ? `; one of ${entry.words.map(code).join(', ')}` : ''
      return ['field', code(name), `${summary}${words}`, operators.map(code).join(', ')]
    }),
    ...Object.entries(operatorMeanings).map(([name, meaning]) => ['operator', code(name), meaning, '']),
    ...Object.entries(actionMeanings).map(([name, meaning]) => ['action', code(name), meaning, '']),
  ]
  return tablePage(
    'Mail rules',
    'What a mail rule may look at, ask and do.',
    ['what', 'name', 'meaning', 'operators'],
    rows,
  )
}

/** docs/generated/quarantine-reasons.md: why a mail is held, and what to do. */
export function describeQuarantineReasons(): string {
  const words = { yes: 'files it', again: 'tries it again', never: 'is refused' }
  const ofRules = quarantineReasonEntry('rule:')
  const all = [...Object.entries(quarantineReasons), ...(ofRules ? [['rule:<word>', ofRules] as const] : [])]
  return tablePage(
    'Reasons of quarantine',
    'Why a mail is held, what to do, and what releasing it does.',
    ['reason', 'meaning', 'what to do', 'release'],
    all.map(([name, { meaning, next, release }]) => [code(name), meaning, next, words[release]]),
  )
}
