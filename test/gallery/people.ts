/** The people of the pictures, as each platform knows them. */
import type { Person } from '../../src/domain/person.ts';
import type { ChatPlatform } from './stage.ts';

/** ada and ben operate, ben and cleo approve, cleo may break the glass, dan may only look. */
export type Role = 'ada' | 'ben' | 'cleo' | 'dan';

const NAMES: Readonly<Record<Role, { readonly name: string; readonly slack: string; readonly discord: string }>> = {
  ada: { name: 'Ada', slack: 'U02ADA7K1', discord: '81384788765712384' },
  ben: { name: 'Ben', slack: 'U02BEN4M8', discord: '80351110224678912' },
  cleo: { name: 'Cleo', slack: 'U02CLEO3P', discord: '82198898841029460' },
  dan: { name: 'Dan', slack: 'U02DAN9R5', discord: '82198810841029477' },
};

export function peopleOf(platform: ChatPlatform): Readonly<Record<Role, Person>> {
  const of = (role: Role): Person => {
    const { name, slack, discord } = NAMES[role];
    return { platform, id: platform === 'slack' ? slack : discord, displayName: name, groups: [], osUser: null };
  };
  return { ada: of('ada'), ben: of('ben'), cleo: of('cleo'), dan: of('dan') };
}

/** What a mention shows; null for somebody who is nobody here. */
export function nameOf(id: string): string | null {
  const found = Object.values(NAMES).find(({ slack, discord }) => slack === id || discord === id);
  return found?.name ?? null;
}
