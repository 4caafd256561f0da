/**
 * What Slack would make of a piece of mrkdwn, and what in it looks as if it had come from somebody else: mentions that no test
 * allowed, constructs that Slack does not know, bare control characters. Source: docs.slack.dev/messaging/formatting-message-text
 * (escape `&`, `<`, `>`; `<@U…>`, `<#C…>`, `<!…>`, `<!date^…>`, links).
 */
const CONSTRUCT = /<([^<>]*)>/g;
const MENTION = /^(?:@|#|!(?!date\^))/;
const LINK = /^(?:https?:\/\/|mailto:|tel:)[^\s|]+(?:\|.*)?$/s;
const DATE = /^!date\^\d+\^[^|]+\|.+$/s;

export interface MrkdwnPolicy {
  /** Gets the whole construct, such as `<@U1>` or `<!channel>`. */
  allowsMention(construct: string): boolean;
  allowsLink(construct: string): boolean;
}

function findConstructProblem(whole: string, inner: string, policy: MrkdwnPolicy): string | undefined {
  if (MENTION.test(inner)) return policy.allowsMention(whole) ? undefined : `mention that no test allowed: ${whole}`;
  if (DATE.test(inner)) return undefined;
  if (LINK.test(inner)) return policy.allowsLink(whole) ? undefined : `link that no test allowed: ${whole}`;
  return `unknown construct: ${whole}`;
}

export function findMrkdwnProblems(text: string, policy: MrkdwnPolicy): readonly string[] {
  const problems: string[] = [];
  for (const match of text.matchAll(CONSTRUCT)) {
    const problem = findConstructProblem(match[0], match[1] ?? '', policy);
    if (problem !== undefined) problems.push(problem);
  }
  const rest = text.replace(CONSTRUCT, '');
  if (rest.includes('<')) problems.push('bare "<"');
  // A ">" that opens a line is a quotation.
  if (/[^\n>]>/.test(rest)) problems.push('bare ">"');
  if (/&(?!amp;|lt;|gt;)/.test(rest)) problems.push('bare "&"');
  return problems;
}

/** What a person reads: entities and constructs resolved, marks of emphasis left as they are. */
export function readMrkdwn(text: string): string {
  return text
    .replace(CONSTRUCT, (_whole, inner: string) => {
      const label = inner.split('|')[1];
      return label ?? inner;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
