/** SVG → PNG: with its own fonts, off the main thread, and never a throw. */
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createPicture } from '../../../src/adapters/picture/resvg.ts';
import { renderSample } from '../../support/incident-sample.ts';

const SVG = (inner: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><style>.ink{fill:#ff0000}</style>${inner}</svg>`;

describe('a picture', () => {
  test('has one and a half times the size of its drawing, for sharp screens', async () => {
    const drawn = await createPicture().png(SVG('<rect width="10" height="10" class="ink"/>'));
    expect(drawn.ok && sizeOf(drawn.value)).toEqual({ width: 300, height: 60 });
  });

  test('shows words on a machine without fonts', async () => {
    const picture = createPicture();
    const [blank, words] = await Promise.all([
      picture.png(SVG('')),
      picture.png(SVG('<text x="4" y="20" class="ink" font-family="DejaVu Sans">waiting</text>')),
    ]);
    if (!blank.ok || !words.ok) throw new Error('not drawn');
    expect(inkIn(blank.value)).toBe(0);
    expect(inkIn(words.value)).toBeGreaterThan(200);
  });

  test('of a long incident is there in light and in dark', async () => {
    const { light, dark } = await renderSample();
    expect(sizeOf(light)).toEqual(sizeOf(dark));
    expect(sizeOf(light).width).toBe(1920);
    expect(Buffer.from(light).equals(Buffer.from(dark))).toBe(false);
  });

  test('that can not be drawn is said in words', async () => {
    const drawn = await createPicture().png('<svg');
    expect(drawn.ok).toBe(false);
    expect(drawn.ok ? '' : drawn.error).not.toBe('');
  });
});

function sizeOf(png: Uint8Array): { readonly width: number; readonly height: number } {
  const bytes = Buffer.from(png);
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Bytes of pixel data that are not nothing; good enough to tell an empty picture. */
function inkIn(png: Uint8Array): number {
  const bytes = Buffer.from(png);
  const data: Buffer[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return inflateSync(Buffer.concat(data)).filter((byte) => byte > 4).length;
}
