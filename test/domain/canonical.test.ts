/** The one form of a value that hashes are taken of. */
import { describe, expect, test } from 'vitest';
import { canonicalJson, sha256 } from '../../src/domain/canonical.ts';

describe('the canonical form', () => {
  test('has its keys in order, at every depth, and no space', () => {
    expect(canonicalJson({ b: [{ d: 1, c: true }], a: { z: null, y: 'x"' } })).toBe(
      '{"a":{"y":"x\\"","z":null},"b":[{"c":true,"d":1}]}',
    );
  });

  test('leaves out what is undefined in an object, and keeps its place in a list', () => {
    expect(canonicalJson({ a: undefined, b: 0 })).toBe('{"b":0}');
    expect(canonicalJson([undefined, null, false])).toBe('[null,null,false]');
    expect(canonicalJson([])).toBe('[]');
    expect(canonicalJson({})).toBe('{}');
  });

  test('is that of JSON for what stands alone', () => {
    expect([null, true, false, 'ü\n', 1.5, -0].map(canonicalJson)).toEqual([
      'null',
      'true',
      'false',
      '"ü\\n"',
      '1.5',
      '0',
    ]);
  });

  test('does not exist for what JSON would change unseen', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow('a number without a canonical form');
    expect(() => canonicalJson({ a: Number.POSITIVE_INFINITY })).toThrow('a number without a canonical form');
    expect(() => canonicalJson(undefined)).toThrow('a undefined without a canonical form');
    expect(() => canonicalJson(1n)).toThrow('a bigint without a canonical form');
    expect(() => canonicalJson(() => 1)).toThrow('a function without a canonical form');
  });
});

test('the hash is that of the UTF-8 text, in lower-case hexadecimal digits', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256('ü')).toBe('607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f');
});
