import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isConnectionFailure } from '../../src/cli/stray-failures.ts';

const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A process guarded as the service is; `work` runs in it, and it prints "went on" 300 ms later if it still lives. */
async function guarded(work: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = `
    import { createServer } from 'node:net';
    import { WebSocket } from 'ws';
    import { createLog } from './src/adapters/system/log.ts';
    import { surviveStrayFailures } from './src/cli/stray-failures.ts';
    const log = createLog({ level: 'info' });
    log.registerSecret('xoxb-secret-of-a-workspace');
    surviveStrayFailures(log);
    ${work}
    setTimeout(() => { console.log('went on'); process.exit(0); }, 300);
  `;
  const child = spawn(process.execPath, ['--import', LOADER, '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

describe('a process guarded as the service is', () => {
  test('outlives a WebSocket that fails to connect after its owner stopped listening', async () => {
    const ended = await guarded(`
      const server = createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1', () => {
        const connection = new WebSocket('ws://127.0.0.1:' + server.address().port);
        connection.onerror = () => undefined;
        connection.onerror = null;
      });
    `);

    expect(ended).toMatchObject({ code: 0, stdout: 'went on\n' });
    expect(ended.stderr).toContain('a connection failed and nobody listened');
    expect(ended.stderr).toContain('ECONNRESET');
  });

  test('outlives a promise that nobody waited for', async () => {
    const ended = await guarded(`void Promise.reject(new TypeError('forgotten'));`);

    expect(ended).toMatchObject({ code: 0, stdout: 'went on\n' });
    expect(ended.stderr).toContain('TypeError: forgotten');
  });

  test('ends with 1 for any other error, which stands in the log without secrets', async () => {
    const ended = await guarded(`
      setTimeout(() => { throw new TypeError('broken by xoxb-secret-of-a-workspace'); }, 10);
    `);

    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('TypeError: broken by ');
    expect(ended.stderr).not.toContain('xoxb-secret-of-a-workspace');
  });
});

describe('a connection failure is', () => {
  test.each([
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:443'), { code: 'ECONNREFUSED', syscall: 'connect' }),
    Object.assign(new AggregateError([], 'all addresses'), { code: 'ETIMEDOUT' }),
    Object.assign(new Error('Client network socket disconnected'), { code: 'ECONNRESET' }),
    Object.assign(new RangeError('Invalid WebSocket frame'), { code: 'WS_ERR_INVALID_OPCODE' }),
    new Error('Unexpected server response: 502'),
    new Error('WebSocket was closed before the connection was established'),
  ])('$message', (error) => expect(isConnectionFailure(error)).toBe(true));

  test.each([
    Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' }),
    Object.assign(new Error('no space left'), { code: 'ENOSPC' }),
    new TypeError('Cannot read properties of undefined'),
    'ECONNRESET',
    null,
  ])('not %s', (error) => expect(isConnectionFailure(error)).toBe(false));
});
