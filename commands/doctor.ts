/** Does everything that Lockstep needs work? */
import { doctor as examineAll } from '../src/app/doctor.ts';
import { defineCommand } from '../src/app/registry.ts';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Checks SSH, host keys, sudo, clocks, disk and database, and says what to do where one fails.',
  params: {},
  role: 'view',
  examples: ['doctor'],
  handle: (call) => examineAll(call),
});
