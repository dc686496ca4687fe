/** The pair of tokens of whoever is signed in, for as long as the tab is open. */
export type Tokens = { access_token: string; refresh_token: string };

const KEPT = 'clinic-session';

export function currentTokens(): Tokens | null {
  const text = sessionStorage.getItem(KEPT);
  return text === null ? null : (JSON.parse(text) as Tokens);
}

export function keepTokens({ access_token, refresh_token }: Tokens): void {
  sessionStorage.setItem(KEPT, JSON.stringify({ access_token, refresh_token }));
}

export const dropTokens = (): void => sessionStorage.removeItem(KEPT);
