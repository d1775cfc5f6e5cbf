// The words we send by ourselves: one registry, name × language. Values stand in them by name and are escaped in the
// HTML. Nothing of a stranger's is among the values: a mail that repeats a stranger's text is a way to send it to anybody.
import { escapeHtml } from './escape-html.ts'

/** One wording; `{name}` stands for a value. */
interface TemplateWords {
  readonly subject: string
  readonly paragraphs: readonly string[]
}

/** One mail in every language there are words for, by lower-case language tag (BCP 47). */
export interface Template {
  /** Stable; stored with the mail. */
  readonly name: string
  readonly words: Readonly<Record<string, TemplateWords>> & { readonly en: TemplateWords }
}

export interface RenderedTemplate {
  readonly template: string
  readonly language: string
  readonly subject: string
  readonly text: string
  /** Safe: everything in it is escaped. */
  readonly html: string
}

/** Told to the sender of a mail that opened a ticket. Values: number, desk. */
export const acknowledgementTemplate: Template = {
  name: 'acknowledgement',
  words: {
    en: {
      subject: 'We have received your message [#{number}]',
      paragraphs: [
        'Hello,',
        'we have received your message; its number is #{number}. To add something, simply answer this email.',
        '{desk}',
      ],
    },
    de: {
      subject: 'Wir haben Ihre Nachricht erhalten [#{number}]',
      paragraphs: [
        'Guten Tag,',
        'wir haben Ihre Nachricht erhalten; sie hat die Nummer #{number}. Um etwas zu ergänzen, antworten Sie einfach auf diese E-Mail.',
        '{desk}',
      ],
    },
    fr: {
      subject: 'Nous avons bien reçu votre message [#{number}]',
      paragraphs: [
        'Bonjour,',
        'nous avons bien reçu votre message ; il porte le numéro #{number}. Pour ajouter quelque chose, répondez simplement à cet e-mail.',
        '{desk}',
      ],
    },
    es: {
      subject: 'Hemos recibido su mensaje [#{number}]',
      paragraphs: [
        'Hola:',
        'Hemos recibido su mensaje; su número es #{number}. Para añadir algo, simplemente responda a este correo.',
        '{desk}',
      ],
    },
    nl: {
      subject: 'We hebben uw bericht ontvangen [#{number}]',
      paragraphs: [
        'Hallo,',
        'we hebben uw bericht ontvangen; het nummer is #{number}. Wilt u iets toevoegen, beantwoord dan gewoon deze e-mail.',
        '{desk}',
      ],
    },
  },
}

/** Told to the sender of an answer that came long after its ticket was closed. Values: number, address, desk. */
export const lateAnswerTemplate: Template = {
  name: 'late-answer',
  words: {
    en: {
      subject: 'Your answer to #{number} came after it was closed',
      paragraphs: [
        'Hello,',
        'your answer to #{number} came after it was closed, and was not added to it. Please write to us anew, in a new email to {address}.',
        '{desk}',
      ],
    },
    de: {
      subject: 'Ihre Antwort zu #{number} kam nach dem Abschluss',
      paragraphs: [
        'Guten Tag,',
        'Ihre Antwort zu #{number} kam, nachdem der Vorgang abgeschlossen war, und wurde ihm nicht mehr hinzugefügt. Bitte schreiben Sie uns neu, in einer neuen E-Mail an {address}.',
        '{desk}',
      ],
    },
    fr: {
      subject: 'Votre réponse à #{number} est arrivée après sa clôture',
      paragraphs: [
        'Bonjour,',
        'votre réponse à #{number} est arrivée après sa clôture et n’y a pas été ajoutée. Veuillez nous écrire à nouveau, dans un nouvel e-mail à {address}.',
        '{desk}',
      ],
    },
    es: {
      subject: 'Su respuesta a #{number} llegó después de su cierre',
      paragraphs: [
        'Hola:',
        'Su respuesta a #{number} llegó después de su cierre y no se ha añadido. Por favor, escríbanos de nuevo, en un correo nuevo a {address}.',
        '{desk}',
      ],
    },
    nl: {
      subject: 'Uw antwoord op #{number} kwam na de afsluiting',
      paragraphs: [
        'Hallo,',
        'uw antwoord op #{number} kwam nadat het was afgesloten en is er niet aan toegevoegd. Schrijf ons alstublieft opnieuw, in een nieuwe e-mail aan {address}.',
        '{desk}',
      ],
    },
  },
}

/**
 * The mail's words in a language, or in the nearest there is (RFC 4647 §3.4): `de-AT` is `de`, what is not known is `en`.
 * @throws RangeError for a value that the words want and nobody gave.
 */
export function renderTemplate(
  template: Template,
  language: string,
  values: Readonly<Record<string, string>>,
): RenderedTemplate {
  const known = nearestLanguage(template, language)
  const { subject, paragraphs } = template.words[known] ?? template.words.en
  const fill = (text: string) => filled(template.name, text, values)
  return {
    template: template.name,
    language: known,
    subject: fill(subject),
    text: `${paragraphs.map(fill).join('\n\n')}\n`,
    html: `<div lang="${known}">\n${paragraphs.map((one) => `<p>${escapeHtml(fill(one))}</p>\n`).join('')}</div>\n`,
  }
}

function nearestLanguage({ words }: Template, language: string): string {
  const tags = language.toLowerCase().split('-')
  const ranges = tags.map((_, index) => tags.slice(0, tags.length - index).join('-'))
  return ranges.find((range) => Object.hasOwn(words, range)) ?? 'en'
}

/** In one pass: what a value says is never taken for a place of another. */
function filled(name: string, text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z]+)\}/g, (_, place: string) => {
    if (!Object.hasOwn(values, place)) throw new RangeError(`template ${name} wants a value for ${place}`)
    return values[place] ?? ''
  })
}
