// How mail programs write what they answer or pass on. Each row takes the new words and the old ones.
export type AnsweredText = (now: string, before: string) => string

const lines = (...all: string[]) => all.join('\r\n')
const quoted = (before: string) => `> ${before}\r\n>\r\n> Thanks`

export const replies: readonly AnsweredText[] = [
  (now, before) =>
    lines(now, '', 'On Mon, Mar 2, 2026 at 10:00 AM Desk <desk@made.example> wrote:', '', quoted(before)),
  (now, before) =>
    lines(
      now,
      '',
      '-----Original Message-----',
      'From: Desk <desk@made.example>',
      'Sent: Monday, March 2, 2026 10:00 AM',
      'To: Me',
      'Subject: Your question',
      '',
      before,
    ),
  (now, before) =>
    lines(
      now,
      '',
      '________________________________',
      'Von: Desk <desk@made.example>',
      'Gesendet: Montag, 2. März 2026 10:00'.replace('ä', 'ae'),
      'An: Ich',
      'Betreff: Ihre Frage',
      '',
      before,
    ),
  (now, before) => lines(now, '', 'Am 02.03.2026 um 10:00 schrieb Desk:', quoted(before)),
  (now, before) =>
    lines(now, '', 'Le lun. 2 mars 2026 a 10:00, Desk <desk@made.example> a ecrit :', quoted(before)),
  (now, before) =>
    lines(now, '', 'Sent from my iPhone', '', '> On 2 Mar 2026, at 10:00, Desk wrote:', '>', quoted(before)),
  (now, before) =>
    lines('Desk wrote:', quoted(before), now, '> and this?', 'Yes.', '', '-- ', 'Somebody', 'Made Ltd.'),
  (now, before) => lines(quoted(before), '', now),
  (now, before) => lines('## please write above this line ##', now, '', before),
]

export const forwards: readonly AnsweredText[] = [
  (now, before) =>
    lines(
      now,
      '',
      '---------- Forwarded message ---------',
      'From: First Person <first@made.example>',
      'Date: Mon, Mar 2, 2026 at 10:00 AM',
      'Subject: the old one',
      'To: <desk@made.example>',
      '',
      before,
    ),
  (now, before) =>
    lines(
      now,
      '',
      'Begin forwarded message:',
      '',
      '> From: First Person <first@made.example>',
      '> Subject: the old one',
      '> Date: 2 March 2026 at 10:00:00 CET',
      '> To: desk@made.example',
      '> ',
      quoted(before),
    ),
  (now, before) =>
    lines(
      now,
      '',
      '-------- Weitergeleitete Nachricht --------',
      'Betreff: \tthe old one',
      'Datum: \tMon, 2 Mar 2026',
      'Von: \tFirst <first@made.example>',
      '',
      before,
    ),
]
