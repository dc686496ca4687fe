export type Language = 'es' | 'en';

const KEPT = 'clinic-language';

/** The reader's language: Spanish, unless English was chosen in this browser. */
export const language: Language = localStorage.getItem(KEPT) === 'en' ? 'en' : 'es';

/** Starts the panel anew in the other language; who is signed in stays so. */
export function switchLanguage(): void {
  localStorage.setItem(KEPT, language === 'es' ? 'en' : 'es');
  location.reload();
}
