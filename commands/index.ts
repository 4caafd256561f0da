/** The sub-commands, in the order in which help shows them. */
import type { Command } from '../src/app/registry.ts';
import { abort } from './abort.ts';
import { approve } from './approve.ts';
import { check } from './check.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { help } from './help.ts';
import { incident } from './incident.ts';
import { recover } from './recover.ts';
import { resume } from './resume.ts';
import { reject } from './reject.ts';
import { runs } from './runs.ts';
import { status } from './status.ts';
import { timeline } from './timeline.ts';
import { wait } from './wait.ts';
import { watch } from './watch.ts';

export const COMMANDS: readonly Command[] = [
  status,
  explain,
  check,
  recover,
  approve,
  reject,
  abort,
  resume,
  wait,
  runs,
  incident,
  timeline,
  watch,
  doctor,
  help,
];
