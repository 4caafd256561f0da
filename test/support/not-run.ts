/** Says at the end of the suite what it did not run, so that a green line isn't read as more than it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LAB = fileURLToPath(new URL('../lab', import.meta.url));

function countLabTests(): number {
  const files = readdirSync(LAB).filter((name) => name.endsWith('.lab.test.ts'));
  const texts = files.map((name) => readFileSync(`${LAB}/${name}`, 'utf8'));
  return texts.reduce((sum, text) => sum + [...text.matchAll(/^\s*(?:test|it)(?:\.each)?[.(]/gm)].length, 0);
}

export function teardown(): void {
  process.stderr.write(
    `\nNot run here: whole recoveries on rehearsal clusters, some minutes: npm run test:long\n` +
      `Not run here: the lab tests (test/lab, ${countLabTests()} or more, on real LXD daemons). They need root on Debian: npm run test:lab\n`,
  );
}
