import { language } from './language.ts';
import { en } from './texts/en.ts';
import { es, type Texts } from './texts/es.ts';

/** What the panel says, in the reader's language. */
export const t: Texts = language === 'en' ? en : es;
