import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createLog, type LogLevel, type ScrubbedLog } from '../../../src/adapters/system/log.ts';

function collect(level: LogLevel = 'debug'): { readonly log: ScrubbedLog; readonly lines: string[] } {
  const lines: string[] = [];
  return { log: createLog({ level, write: (line) => lines.push(line) }), lines };
}

function parse(line: string | undefined): Record<string, unknown> {
  const value: unknown = JSON.parse(line ?? '');
  if (!isRecord(value)) throw new Error(`not an object: ${line ?? ''}`);
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

describe('log', () => {
  test('each message is one line of JSON with its level, time and fields', () => {
    const { log, lines } = collect();
    log.info('probe finished', { cluster: 'prod', members: 3, ok: true });
    expect(lines).toHaveLength(1);
    expect(parse(lines[0])).toMatchObject({
      level: 'info',
      msg: 'probe finished',
      cluster: 'prod',
      members: 3,
      ok: true,
    });
    expect(parse(lines[0])['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test('a newline in a field does not start a second line', () => {
    const { log, lines } = collect();
    log.warn('odd', { text: 'a\nb' });
    expect(lines[0]?.trimEnd()).not.toContain('\n');
  });

  test('a level below the chosen one is not written', () => {
    const { log, lines } = collect('warn');
    log.debug('no');
    log.info('no');
    log.warn('yes');
    expect(lines.map((line) => parse(line)['msg'])).toEqual(['yes']);
  });

  test('a child carries its fields on every line', () => {
    const { log, lines } = collect();
    log.child({ run: 'raaaaaa' }).child({ step: 's' }).error('failed');
    expect(parse(lines[0])).toMatchObject({ run: 'raaaaaa', step: 's', level: 'error' });
  });

  test('an error is kept with its causes', () => {
    const { log, lines } = collect();
    log.error('broken', {}, new Error('outer', { cause: new TypeError('inner') }));
    expect(parse(lines[0])['error']).toBe('Error: outer <- TypeError: inner');
    log.error('broken', {}, 'a word');
    expect(parse(lines[1])['error']).toBe('a word');
  });

  test('no value is longer than 2 kB', () => {
    const { log, lines } = collect();
    log.info('long', { output: 'x'.repeat(5000) });
    expect(String(parse(lines[0])['output']).length).toBeLessThan(2100);
  });

  test.each([
    ['in a field', (log: ScrubbedLog, secret: string) => log.info('x', { token: secret })],
    ['in a message', (log: ScrubbedLog, secret: string) => log.info(`bad ${secret}`)],
    ['in an error', (log: ScrubbedLog, secret: string) => log.error('x', {}, new Error(`at ${secret}`))],
    ['in a child', (log: ScrubbedLog, secret: string) => log.child({ token: secret }).warn('x')],
    [
      'in a URL',
      (log: ScrubbedLog, secret: string) => log.warn('x', { url: `http://h/?t=${encodeURIComponent(secret)}` }),
    ],
  ])('a registered secret %s is scrubbed', (_where, act) => {
    const { log, lines } = collect();
    const secret = 'xoxb-"quoted"\\and/slash';
    log.registerSecret(secret);
    act(log, secret);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('[secret]');
    expect(JSON.stringify(parse(lines[0]))).not.toContain('quoted');
  });

  test('a secret within a longer secret leaves no rest', () => {
    const { log, lines } = collect();
    log.registerSecret('abcd');
    log.registerSecret('abcd-efgh');
    log.info('x', { token: 'abcd-efgh' });
    expect(parse(lines[0])['token']).toBe('[secret]');
  });

  test('an empty secret is ignored', () => {
    const { log, lines } = collect();
    log.registerSecret('');
    log.info('fine');
    expect(parse(lines[0])['msg']).toBe('fine');
  });

  test('lines go to standard error, and a closed one does not end the process', () => {
    const path = fileURLToPath(new URL('../../../src/adapters/system/log.ts', import.meta.url));
    const script = `import { createLog } from ${JSON.stringify(path)};
      const log = createLog({ level: 'info' });
      for (let n = 0; n < 50; n += 1) log.info('line', { n });
      process.stdout.write('alive');`;
    const argv = ['--import', 'tsx', '--input-type=module', '-e', script];
    const open = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    expect(open.stdout).toBe('alive');
    expect(open.stderr.trim().split('\n')).toHaveLength(50);
    const closed = spawnSync('sh', ['-c', 'exec "$@" 2>&1 >&3 3>&- | true', 'sh', process.execPath, ...argv], {
      encoding: 'utf8',
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    expect(String(closed.output[3])).toBe('alive');
  });
});
