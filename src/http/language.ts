import type { Language } from '../errors.ts';

/** The language an `Accept-Language` header asks for; Spanish unless English is preferred (RFC 9110, 12.5.4). */
export function languageOf(header: string | null): Language {
  if (!header || header.startsWith('es')) return 'es';
  const wanted = header
    .split(',')
    .map((range) => {
      const [tag = '', quality] = range
        .trim()
        .toLowerCase()
        .split(/;\s*q=/);
      return { language: tag.slice(0, 2), weight: quality === undefined ? 1 : Number(quality) || 0 };
    })
    .filter(({ language, weight }) => (language === 'es' || language === 'en') && weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  return wanted[0]?.language === 'en' ? 'en' : 'es';
}
