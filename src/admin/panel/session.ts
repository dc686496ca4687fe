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

const TABS = new BroadcastChannel(KEPT);

TABS.addEventListener('message', ({ data }: MessageEvent<{ spent: string; tokens: Tokens }>) => {
  if (currentTokens()?.refresh_token === data.spent) keepTokens(data.tokens);
});

/** Keeps a renewed pair, here and in tabs that were duplicated from this one: a refresh token serves but once. */
export function replaceTokens({ refresh_token: spent }: Tokens, tokens: Tokens): void {
  keepTokens(tokens);
  TABS.postMessage({ spent, tokens });
}
