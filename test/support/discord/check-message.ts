/**
 * Checks an outgoing Discord message against `LIMITS`: content, embeds, components, mentions, attachments. `fatal` findings are what
 * Discord answers with 50035; the others are ours (mentions that nobody switched off). Source: docs.discord.com/developers/resources/message.
 */
import { asId, asJson, asList, asText } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { LIMITS } from './limits.ts';

export interface Finding {
  readonly kind: 'message' | 'mentions' | 'commands' | 'modal' | 'choices';
  /** Path in the payload, dotted. */
  readonly at: string;
  readonly detail: string;
  readonly fatal: boolean;
}

export type Report = (at: string, detail: string) => void;

/** Discord counts code points. */
export function lengthOf(value: unknown): number {
  return Array.from(asText(value)).length;
}

export function checkLength(value: unknown, at: string, range: readonly [number, number], report: Report): void {
  const [min, max] = range;
  if (value === undefined || value === null) {
    if (min > 0) report(at, 'is required');
    return;
  }
  if (typeof value !== 'string') return report(at, 'is no string');
  const length = lengthOf(value);
  if (length < min || length > max) report(at, `${length} characters, between ${min} and ${max}`);
}

function checkEmbed(embed: Json, at: string, report: Report): number {
  checkLength(embed['title'], `${at}.title`, [0, LIMITS.embedTitle], report);
  checkLength(embed['description'], `${at}.description`, [0, LIMITS.embedDescription], report);
  const footer = asJson(embed['footer'])['text'];
  const author = asJson(embed['author'])['name'];
  checkLength(footer, `${at}.footer.text`, [0, LIMITS.embedFooter], report);
  checkLength(author, `${at}.author.name`, [0, LIMITS.embedAuthor], report);
  const color = embed['color'];
  if (typeof color === 'number' && (color < 0 || color > 0xffffff)) report(`${at}.color`, 'out of range');
  const fields = asList(embed['fields']).map(asJson);
  if (fields.length > LIMITS.embedFields) report(`${at}.fields`, `more than ${LIMITS.embedFields}`);
  let total = [embed['title'], embed['description'], footer, author].reduce(
    (sum: number, text) => sum + lengthOf(text),
    0,
  );
  fields.forEach((field, index) => {
    checkLength(field['name'], `${at}.fields.${index}.name`, [1, LIMITS.embedFieldName], report);
    checkLength(field['value'], `${at}.fields.${index}.value`, [1, LIMITS.embedFieldValue], report);
    total += lengthOf(field['name']) + lengthOf(field['value']);
  });
  return total;
}

function checkEmbeds(value: unknown, report: Report): void {
  const embeds = asList(value).map(asJson);
  if (embeds.length > LIMITS.embeds) report('embeds', `more than ${LIMITS.embeds}`);
  let together = 0;
  embeds.forEach((embed, index) => {
    const size = checkEmbed(embed, `embeds.${index}`, report);
    if (size === 0 && embed['image'] === undefined && embed['thumbnail'] === undefined)
      report(`embeds.${index}`, 'is empty');
    together += size;
  });
  if (together > LIMITS.embedsTogether)
    report('embeds', `${together} characters together, at most ${LIMITS.embedsTogether}`);
}

function checkButton(button: Json, at: string, report: Report): void {
  const style = button['style'];
  if (typeof style !== 'number' || style < 1 || style > 6) report(`${at}.style`, `style ${JSON.stringify(style)}`);
  if (button['label'] === undefined && button['emoji'] === undefined)
    report(`${at}.label`, 'label or emoji is required');
  checkLength(button['label'], `${at}.label`, [0, LIMITS.buttonLabel], report);
  if (style === 5) {
    checkLength(button['url'], `${at}.url`, [1, LIMITS.buttonUrl], report);
    if (button['custom_id'] !== undefined) report(`${at}.custom_id`, 'a link has no custom_id');
  } else checkLength(button['custom_id'], `${at}.custom_id`, [1, LIMITS.customId], report);
}

export function checkSelect(select: Json, at: string, report: Report): void {
  checkLength(select['custom_id'], `${at}.custom_id`, [1, LIMITS.customId], report);
  checkLength(select['placeholder'], `${at}.placeholder`, [0, LIMITS.selectPlaceholder], report);
  const options = asList(select['options']).map(asJson);
  if (options.length === 0 || options.length > LIMITS.selectOptions)
    report(`${at}.options`, `between 1 and ${LIMITS.selectOptions}`);
  const values = new Set(options.map((option) => option['value']));
  if (values.size !== options.length) report(`${at}.options`, 'a value twice');
  options.forEach((option, index) => {
    checkLength(option['label'], `${at}.options.${index}.label`, [1, LIMITS.selectOptionText], report);
    checkLength(option['value'], `${at}.options.${index}.value`, [1, LIMITS.selectOptionText], report);
    checkLength(option['description'], `${at}.options.${index}.description`, [0, LIMITS.selectOptionText], report);
  });
}

function checkComponents(value: unknown, report: Report): void {
  const rows = asList(value).map(asJson);
  if (rows.length > LIMITS.rows) report('components', `more than ${LIMITS.rows} rows`);
  const seen = new Set<unknown>();
  rows.forEach((row, index) => {
    const at = `components.${index}`;
    if (row['type'] !== 1) return report(`${at}.type`, `type ${JSON.stringify(row['type'])}`);
    const inner = asList(row['components']).map(asJson);
    if (inner.length === 0 || inner.length > LIMITS.buttonsPerRow)
      report(at, `between 1 and ${LIMITS.buttonsPerRow} buttons`);
    inner.forEach((one, place) => {
      const where = `${at}.components.${place}`;
      if (one['type'] === 2) checkButton(one, where, report);
      else if (one['type'] === 3) checkSelect(one, where, report);
      else report(`${where}.type`, `type ${JSON.stringify(one['type'])}`);
      const id = one['custom_id'];
      if (id !== undefined && seen.has(id)) report(`${where}.custom_id`, 'COMPONENT_CUSTOM_ID_DUPLICATED');
      seen.add(id);
    });
  });
}

function listAttachmentLinks(embeds: unknown): readonly string[] {
  const urls = asList(embeds)
    .map(asJson)
    .flatMap((embed) => [asJson(embed['image'])['url'], asJson(embed['thumbnail'])['url']]);
  return urls
    .map(asText)
    .filter((url) => url.startsWith('attachment://'))
    .map((url) => url.slice('attachment://'.length));
}

export interface MessageContext {
  /** Names of the files that are there, sent now or kept. */
  readonly files: readonly string[];
  readonly sizes: readonly number[];
  /** Gets `<@1>`, `<@&2>` or `@everyone`. */
  allowsMention(construct: string): boolean;
}

function checkFiles(body: Json, context: MessageContext, report: Report): void {
  if (context.files.length > LIMITS.attachments) report('attachments', `more than ${LIMITS.attachments}`);
  if (context.sizes.some((size) => size > LIMITS.attachmentBytes)) report('attachments', 'a file over 10 MiB');
  for (const name of listAttachmentLinks(body['embeds'])) {
    if (!context.files.includes(name)) report('embeds', `attachment://${name} is not attached`);
  }
}

/** What would ping somebody although no test allowed it; and whether mentions were left to Discord's default. */
function checkMentions(body: Json, context: MessageContext, report: Report): void {
  if (body['allowed_mentions'] === undefined || body['allowed_mentions'] === null) {
    if (lengthOf(body['content']) > 0) report('allowed_mentions', 'is missing: every mention in the text would ping');
    return;
  }
  const allowed = asJson(body['allowed_mentions']);
  const parse = asList(allowed['parse']);
  if (parse.length > 0) report('allowed_mentions.parse', `would ping ${parse.join(', ')}`);
  if (!Array.isArray(allowed['parse'])) report('allowed_mentions.parse', 'is missing');
  for (const id of asList(allowed['users']))
    if (!context.allowsMention(`<@${String(id)}>`)) report('allowed_mentions.users', String(id));
  for (const id of asList(allowed['roles']))
    if (!context.allowsMention(`<@&${String(id)}>`)) report('allowed_mentions.roles', String(id));
}

export function checkMessage(body: Json, context: MessageContext): readonly Finding[] {
  const findings: Finding[] = [];
  const report: Report = (at, detail) => findings.push({ kind: 'message', at, detail, fatal: true });
  checkLength(body['content'], 'content', [0, LIMITS.content], report);
  checkEmbeds(body['embeds'], report);
  checkComponents(body['components'], report);
  checkFiles(body, context, report);
  const nonce = body['nonce'];
  if (nonce !== undefined && nonce !== null && lengthOf(asId(nonce)) > LIMITS.nonce)
    report('nonce', `over ${LIMITS.nonce}`);
  checkMentions(body, context, (at, detail) => findings.push({ kind: 'mentions', at, detail, fatal: false }));
  return findings;
}

/** Discord's error tree: docs.discord.com/developers/reference#error-messages. */
export function formErrors(findings: readonly Finding[]): Json {
  const root: Record<string, unknown> = {};
  for (const { at, detail } of findings) {
    let node = root;
    for (const step of at.split('.')) {
      node[step] ??= {};
      node = node[step] as Record<string, unknown>;
    }
    node['_errors'] = [...asList(node['_errors']), { code: 'INVALID', message: detail }];
  }
  return { message: 'Invalid Form Body', code: 50_035, errors: root };
}
