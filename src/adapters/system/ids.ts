/** Identifiers from the system's random source: short ones that people type, long ones that nobody may guess. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Ids } from '../../ports/system.ts';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

export function createIds(): Ids {
  return {
    runId: () => `r${typeable(6)}`,
    incidentId: () => `i${typeable(6)}`,
    /** 192 bits, 32 characters: fits into a button of every platform. */
    token: () => randomBytes(24).toString('base64url'),
    messageId: () => `m${randomBytes(12).toString('hex')}`,
  };
}

function typeable(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
