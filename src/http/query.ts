/**
 * Makes every value of a query the text that was sent; a name that comes twice has a list, which no schema takes. The
 * framework takes values with commas, brackets or braces apart before it validates them (elysiajs/elysia#1800):
 * `search=Quispe, Rosa` would not be a text.
 */
export function keepTexts(query: Record<string, unknown>, url: string): void {
  if (Object.values(query).every((value) => typeof value === 'string')) return;
  const { searchParams } = new URL(url);
  for (const name of new Set(searchParams.keys())) {
    const texts = searchParams.getAll(name);
    query[name] = texts.length > 1 ? texts : texts[0];
  }
}
