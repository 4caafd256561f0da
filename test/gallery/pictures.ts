/** All pictures of one platform, in the order in which the page shows them. */
import { incidents } from './incidents.ts';
import { looking } from './looking.ts';
import type { Picture } from './picture.ts';
import { running } from './running.ts';
import type { ChatPlatform } from './stage.ts';

const GROUPS = ['Looking', 'Planning', 'Running', 'Incidents', 'Afterwards', 'Own page', 'Hard cases'];

export async function makePictures(platform: ChatPlatform): Promise<readonly Picture[]> {
  const all = [...(await looking(platform)), ...(await running(platform)), ...(await incidents(platform))];
  const known = platform === 'slack' ? all : all.filter(({ place }) => place !== 'home');
  return known.toSorted((one, other) => GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group));
}
