/**
 * What Discord would refuse in a message, from the vendor's pages; numbers written down here once more, so that a slip in the adapter's
 * table is found. https://discord.com/developers/docs/resources/message#embed-object-embed-limits and /components/reference
 */
import type { Payload } from '../../../../src/adapters/discord/render.ts';

export function findViolations(payload: Payload): readonly string[] {
  const wrong: string[] = [];
  const atMost = (what: string, text: string, limit: number): void => {
    if (text.length > limit) wrong.push(`${what}: ${text.length} > ${limit}`);
  };
  atMost('content', payload.content, 2000);
  if (payload.content.trim() === '' && payload.embeds.length === 0) wrong.push('an empty message');
  if (payload.embeds.length > 10) wrong.push(`${payload.embeds.length} embeds`);
  let together = 0;
  for (const embed of payload.embeds) {
    atMost('title', embed.title ?? '', 256);
    atMost('description', embed.description ?? '', 4096);
    together += (embed.title ?? '').length + (embed.description ?? '').length;
    if (embed.title === undefined && embed.description === undefined && embed.image === undefined)
      wrong.push('an empty embed');
    if (embed.title === '' || embed.description?.trim() === '') wrong.push('an empty text');
    const file = embed.image?.url.replace('attachment://', '');
    if (file !== undefined && !payload.files.some(({ name }) => name === file)) wrong.push(`no file ${file}`);
    if (embed.fields !== undefined || embed.footer !== undefined) wrong.push('parts that nobody looked at');
  }
  if (together > 6000) wrong.push(`embeds together: ${together}`);
  if (payload.components.length > 5) wrong.push(`${payload.components.length} rows`);
  const ids = new Set<string>();
  for (const row of payload.components) {
    if (row.components.length < 1 || row.components.length > 5) wrong.push(`${row.components.length} buttons in a row`);
    for (const button of row.components) {
      if (!('custom_id' in button) || !('label' in button)) {
        wrong.push('another kind of button');
        continue;
      }
      if (button.custom_id.length < 1 || button.custom_id.length > 100) wrong.push('custom_id');
      if (ids.has(button.custom_id)) wrong.push('custom_id twice');
      ids.add(button.custom_id);
      if ((button.label ?? '').trim() === '' || (button.label ?? '').length > 80)
        wrong.push(`label ${button.label ?? ''}`);
    }
  }
  if (payload.files.length > 10) wrong.push('files');
  return wrong;
}
