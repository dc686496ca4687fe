import { read, withQuery } from './api.ts';

type Page<T> = { count: number; next: string | null; results: T[] };

/** Pages of a hundred that are read of one list: more than any clinic has of what is shown whole. */
const MOST_PAGES = 10;

/** Every entry of a list, page after page. */
export async function readAll<T>(path: string, query: Record<string, string | undefined>): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { results, next } = await read<Page<T>>(withQuery(path, { ...query, page, page_size: 100 }));
    all.push(...results);
    if (next === null) break;
  }
  return all;
}
