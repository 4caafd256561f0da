/** The doctor's card: each check, and for each that fails the next step. */
import type { DoctorData } from '../../domain/data.ts';
import { heading, message, nextCommand, table, text } from '../build.ts';
import type { Message } from '../message.ts';
import { plural } from '../words.ts';

const SIGN = { ok: '✓', warn: '!', fail: '✗' } as const;

export function doctorMessage(data: DoctorData): Message {
  const failed = data.checks.filter((check) => check.state === 'fail').length;
  const warned = data.checks.filter((check) => check.state === 'warn').length;
  const title = failed + warned === 0 ? `All ${plural(data.checks.length, 'check')} passed` : summaryOf(failed, warned);
  return message(title, failed > 0 ? 'danger' : warned > 0 ? 'warning' : 'good', [
    heading(title),
    table(
      ['', 'check', 'of'],
      data.checks.map((check) => [SIGN[check.state], check.id, check.target]),
    ),
    ...data.checks.flatMap((check) =>
      check.next === null ? [] : [text(`${SIGN[check.state]} ${check.id} of ${check.target}: ${check.next}`)],
    ),
    nextCommand(failed > 0 ? 'doctor' : 'status'),
  ]);
}

function summaryOf(failed: number, warned: number): string {
  const said = [failed > 0 ? `${plural(failed, 'check')} failed` : '', warned > 0 ? plural(warned, 'warning') : ''];
  return said.filter((each) => each !== '').join(', ');
}
