import { afterAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localFiles } from '../../src/files/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'files-'));
const files = localFiles(join(folder, 'files'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = async (key: string) => (await files.open(key))?.text();

describe('a file store', () => {
  test('keeps what it is given, bytes or a blob, and gives it back', async () => {
    await files.save('photos/1/a.jpg', new Uint8Array([1, 2, 3]));
    expect(await (await files.open('photos/1/a.jpg'))?.bytes()).toEqual(new Uint8Array([1, 2, 3]));
    const large = new Blob(Array.from({ length: 50 }, () => 'ñ'.repeat(100_000)));
    await files.save('exports/large.csv', large);
    expect((await files.open('exports/large.csv'))?.size).toBe(large.size);
    expect(await text('exports/large.csv')).toBe(await large.text());
  });

  test('replaces a file as a whole and leaves nothing else behind', async () => {
    await files.save('a/b.txt', new Blob(['a long first version']));
    await files.save('a/b.txt', new Blob(['second']));
    expect(await text('a/b.txt')).toBe('second');
    expect(readdirSync(join(folder, 'files', 'a'))).toEqual(['b.txt']);
    expect(readdirSync(join(folder, 'files', 'tmp'))).toEqual([]);
  });

  test('keeps the old version when the new one cannot be read', async () => {
    await files.save('kept.txt', new Blob(['old']));
    const broken = new Blob(['new']);
    broken.stream = () => new ReadableStream({ start: (controller) => controller.error(new Error('gone')) });
    expect(files.save('kept.txt', broken)).rejects.toThrow('gone');
    expect(await text('kept.txt')).toBe('old');
    expect(readdirSync(join(folder, 'files', 'tmp'))).toEqual([]);
  });

  test('has nothing for a key that was never saved, or was removed', async () => {
    expect(await files.open('photos/none.jpg')).toBeNull();
    await files.save('gone.txt', new Blob(['x']));
    await files.remove('gone.txt');
    await files.remove('gone.txt');
    expect(await files.open('gone.txt')).toBeNull();
  });

  test('gives a thread a path that it can write to', async () => {
    writeFileSync(files.path('exports/9/report.pdf'), 'pdf');
    expect(await text('exports/9/report.pdf')).toBe('pdf');
  });

  test('lists what lies below a prefix, with size and time', async () => {
    await files.save('list/x/1.txt', new Blob(['12345']));
    await files.save('list/x/2.txt', new Blob(['1']));
    await files.save('list/xy.txt', new Blob(['1']));
    const keys = async (prefix: string) =>
      (await Array.fromAsync(files.list(prefix))).map(({ key }) => key).toSorted();
    expect(await keys('list/x/')).toEqual(['list/x/1.txt', 'list/x/2.txt']);
    expect(await keys('list/x')).toEqual(['list/x/1.txt', 'list/x/2.txt', 'list/xy.txt']);
    expect(await keys('nothing/')).toEqual([]);
    expect((await keys('')).length).toBeGreaterThan(3);
    const [first] = await Array.fromAsync(files.list('list/x/1'));
    expect(first?.size).toBe(5);
    expect(Math.abs(Date.now() - (first?.modifiedAt.epochMilliseconds ?? 0))).toBeLessThan(60_000);
  });

  test('knows no key that leads elsewhere', async () => {
    const bad = [
      '../x',
      'a/../../x',
      '/etc/passwd',
      'a//b',
      '.hidden',
      'a/.b',
      '',
      'a/',
      'a\0b',
      'a\\b',
      'a b',
      'x'.repeat(201),
    ];
    for (const key of bad) {
      expect(() => files.path(key)).toThrow('not a key');
      expect(files.save(key, new Blob([]))).rejects.toThrow('not a key');
      expect(files.open(key)).rejects.toThrow('not a key');
      if (key !== '') expect(Array.fromAsync(files.list(`${key}/`))).rejects.toThrow('not a key');
    }
  });
});
