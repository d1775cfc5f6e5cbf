// The words of mail to our own staff. The line at the top is where an answer ends; what stands below it never reaches a
// customer. The same wordings stand in `boundary-lines.ts`, which is what finds the line again in an answer.
import type { NotifyEvent, ToNotify } from './notify.ts'

export interface NotificationWords {
  /** Without the drawing around it; one of those that `boundaryOf` knows. */
  readonly boundary: string
  /** Who did what; `who` is attacker's text. */
  readonly what: (event: NotifyEvent, who: string, number: string, as: ToNotify['as']) => string
  readonly files: (count: number) => string
  readonly cutShort: string
  /** Beside words of somebody who may not be who they say. */
  readonly unverified: string
  readonly ticket: (number: string, title: string) => string
  readonly answer: string
  readonly answerInternally: string
  readonly note: (address: string | null) => string
  readonly commands: string
  /** What was not done with an agent's mail. */
  readonly held: HeldWords
}

/** Why a mail of an agent was kept inside. */
export type HeldReason =
  | 'unverified'
  | 'quote-left-in'
  | 'command-not-understood'
  | 'nothing-to-send'
  | 'file-not-allowed'

interface HeldWords {
  readonly subject: (number: string) => string
  readonly what: (number: string) => string
  readonly why: Readonly<Record<HeldReason, string>>
  readonly next: string
}

const commandLine = '#note  #assign me  #close  #resolve  #pending 3d  #tag …  #priority high  #merge 123'

const english: NotificationWords = {
  boundary: 'Please type your reply above this line',
  what: (event, who, number, as) => {
    const side = as === 'assignee' ? 'your ticket' : as === 'follower' ? 'a ticket you follow,' : 'ticket'
    switch (event) {
      case 'assignment':
        return `${who} gave you ticket #${number}.`
      case 'new_ticket':
        return `${who} opened ticket #${number}:`
      case 'escalation':
        return `${who} made ${side} #${number} urgent.`
      case 'delivery_trouble':
        return `A mail of ${side} #${number} did not arrive:`
      case 'customer_reply':
      case 'unassigned_reply':
        return `${who} wrote in ${side} #${number}:`
    }
  },
  files: (count) => (count === 1 ? '(with a file)' : `(with ${count} files)`),
  cutShort: '(cut; the whole text is in the ticket)',
  unverified:
    'Careful: the sender is not known to belong to this ticket. An answer goes to the customer, not to them.',
  ticket: (number, title) => `Ticket #${number}: ${title}`,
  answer: 'Answer this mail, and the answer goes to the customer.',
  answerInternally: 'Answer this mail, and the answer is a note that only staff see.',
  note: (address) =>
    address
      ? `For a note that only staff see, write to ${address}`
      : 'For a note that only staff see, write #note in the first line.',
  commands: `Commands, in the first lines, one a line: ${commandLine}`,
  held: {
    subject: (number) => `Your mail to ticket #${number} was not sent on`,
    what: (number) =>
      `Your mail about ticket #${number} was kept as a note for staff. Nothing was sent to the customer, because:`,
    why: {
      unverified:
        'it could not be proven that it came from you. Answer the notification that was mailed to you, from the address it went to.',
      'quote-left-in':
        'it seems to repeat parts of the notification, which are not for the customer, or to be written into it. Write above the line, and delete what is quoted.',
      'command-not-understood': 'these lines begin as a command and could not be carried out:',
      'nothing-to-send': 'no text of yours was found in it.',
      'file-not-allowed': 'these files may not be sent:',
    },
    next: 'If you did not write it, tell your administrator: somebody uses your address.',
  },
}

const german: NotificationWords = {
  boundary: 'Bitte antworten Sie oberhalb dieser Linie',
  what: (event, who, number, as) => {
    const [nominative, dative] =
      as === 'assignee'
        ? ['Ihr Ticket', 'Ihrem Ticket']
        : as === 'follower'
          ? ['das Ticket, dem Sie folgen,', 'dem Ticket, dem Sie folgen,']
          : ['Ticket', 'Ticket']
    switch (event) {
      case 'assignment':
        return `${who} hat Ihnen Ticket #${number} zugewiesen.`
      case 'new_ticket':
        return `${who} hat Ticket #${number} eröffnet:`
      case 'escalation':
        return `${who} hat ${nominative} #${number} als dringend eingestuft.`
      case 'delivery_trouble':
        return `Eine E-Mail zu ${dative} #${number} kam nicht an:`
      case 'customer_reply':
      case 'unassigned_reply':
        return `${who} schrieb in ${dative} #${number}:`
    }
  },
  files: (count) => (count === 1 ? '(mit einer Datei)' : `(mit ${count} Dateien)`),
  cutShort: '(gekürzt; der ganze Text steht im Ticket)',
  unverified:
    'Vorsicht: Es ist nicht gesichert, dass der Absender zu diesem Ticket gehört. Eine Antwort geht an die Kundin oder den Kunden, nicht an ihn.',
  ticket: (number, title) => `Ticket #${number}: ${title}`,
  answer: 'Ihre Antwort auf diese E-Mail geht an die Kundin oder den Kunden.',
  answerInternally: 'Ihre Antwort auf diese E-Mail wird eine Notiz, die nur das Team sieht.',
  note: (address) =>
    address
      ? `Eine Notiz, die nur das Team sieht, schicken Sie an ${address}`
      : 'Für eine Notiz, die nur das Team sieht, schreiben Sie #note in die erste Zeile.',
  commands: `Befehle, in den ersten Zeilen, je Zeile einer: ${commandLine}`,
  held: {
    subject: (number) => `Ihre E-Mail zu Ticket #${number} wurde nicht weitergeleitet`,
    what: (number) =>
      `Ihre E-Mail zu Ticket #${number} wurde als Notiz für das Team abgelegt. An die Kundin oder den Kunden ging nichts, denn:`,
    why: {
      unverified:
        'es ließ sich nicht nachweisen, dass sie von Ihnen kommt. Antworten Sie auf die Benachrichtigung, von der Adresse, an die sie ging.',
      'quote-left-in':
        'sie scheint Teile der Benachrichtigung zu wiederholen, die nicht nach außen gehören, oder in sie hineingeschrieben zu sein. Schreiben Sie oberhalb der Linie, und löschen Sie das Zitat.',
      'command-not-understood': 'diese Zeilen beginnen wie ein Befehl und ließen sich nicht ausführen:',
      'nothing-to-send': 'es wurde kein eigener Text darin gefunden.',
      'file-not-allowed': 'diese Dateien dürfen nicht verschickt werden:',
    },
    next: 'Haben Sie sie nicht geschrieben, sagen Sie es Ihrer Administration: jemand benutzt Ihre Adresse.',
  },
}

const wordsByLanguage: Readonly<Record<string, NotificationWords>> = { en: english, de: german }

/** Languages there are words in. @internal */
export const notificationLanguages: readonly string[] = Object.keys(wordsByLanguage)

/** The words of a language tag (BCP 47), by its first part; English when there are none. */
export function notificationWords(language: string): NotificationWords {
  const primary = language.split('-')[0]?.toLowerCase() ?? ''
  return Object.hasOwn(wordsByLanguage, primary) ? (wordsByLanguage[primary] as NotificationWords) : english
}

/** The boundary as it is drawn. */
export function boundaryLineOf(words: NotificationWords): string {
  return `##- ${words.boundary} -##`
}
