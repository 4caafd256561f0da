/** Told on one platform of another that is not there: people may be waiting in the wrong place. Pure. */
import type { Platform } from '../../domain/person.ts';
import { message, nextCommand, text } from '../build.ts';
import type { Message } from '../message.ts';

const NAMES: Readonly<Record<Platform, string>> = { slack: 'Slack', discord: 'Discord', console: 'The console' };

export function platformName(platform: Platform): string {
  return NAMES[platform];
}

export function absentMessage(platform: Platform, reason: string): Message {
  const words = `${platformName(platform)} is not connected: cards and answers do not get there now.`;
  return message(words, 'warning', [
    text(words),
    text('The reason: ', reason),
    text('It is tried again until it works. Everything can be done from here meanwhile; no run waits for it.'),
    nextCommand('doctor'),
  ]);
}
