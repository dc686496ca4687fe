/**
 * Makes every value of a query the text that was sent; of a name that comes twice, the last. The framework takes values
 * with commas, brackets or braces apart before it validates them (elysiajs/elysia#1800): `search=Quispe, Rosa` would
 * not be a text.
 */
export function keepTexts(query: Record<string, unknown>, url: string): void {
  if (Object.values(query).every((value) => typeof value === 'string')) return;
  for (const [name, text] of new URL(url).searchParams) query[name] = text;
}
