import { expect, test } from 'vitest';
import { describeWindow, isWithin } from '../../src/domain/change-window.ts';
import type { ChangeWindow } from '../../src/domain/cluster.ts';

const night: ChangeWindow = { days: ['mon', 'fri'], from: '22:00', to: '02:00', timezone: 'UTC' };
const berlin: ChangeWindow = { days: ['sun'], from: '01:00', to: '05:00', timezone: 'Europe/Berlin' };
const halfHours: ChangeWindow = { days: ['wed'], from: '09:30', to: '10:45', timezone: 'Asia/Kolkata' };
const allDay: ChangeWindow = { days: ['sat'], from: '00:00', to: '00:00', timezone: 'UTC' };

/** 2026-11-23 is a Monday. */
test.each<[string, ChangeWindow, string, boolean]>([
  ['its start belongs to it', night, '2026-11-23T22:00:00Z', true],
  ['a minute before does not', night, '2026-11-23T21:59:59Z', false],
  ['it runs over midnight', night, '2026-11-24T01:59:59Z', true],
  ['its end does not belong to it', night, '2026-11-24T02:00:00Z', false],
  ['the night after the evening that is not listed', night, '2026-11-25T01:00:00Z', false],
  ['the early hours of a listed day belong to the day before', night, '2026-11-23T01:00:00Z', false],
  ['Friday night reaches into Saturday', night, '2026-11-28T01:00:00Z', true],
  ['local time decides, in winter', berlin, '2026-11-29T00:00:00Z', true],
  ['local time decides, in summer', berlin, '2026-07-04T23:00:00Z', true],
  ['and not UTC', berlin, '2026-07-05T03:30:00Z', false],
  ['the minutes of both ends count: at the start', halfHours, '2026-11-25T04:00:00Z', true],
  ['a minute before the start', halfHours, '2026-11-25T03:59:00Z', false],
  ['the last minute', halfHours, '2026-11-25T05:14:00Z', true],
  ['the end itself', halfHours, '2026-11-25T05:15:00Z', false],
  ['Saturday night reaches into Sunday', { ...night, days: ['sat'] }, '2026-11-29T01:00:00Z', true],
  ['equal times are the whole day', allDay, '2026-11-28T23:59:59Z', true],
  ['and no more than that', allDay, '2026-11-29T00:00:00Z', false],
])('%s', (_name, window, at, expected) => {
  expect(isWithin(window, Date.parse(at))).toBe(expected);
});

test('a time zone that does not exist is an error, not an open window', () => {
  expect(() => isWithin({ ...night, timezone: 'Nowhere/Land' }, 0)).toThrow();
});

test('a window in words has its days, its times and the zone that they are of', () => {
  expect(describeWindow(night)).toBe('mon, fri from 22:00 to 02:00 (UTC)');
});
