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

/** Longer than a message takes to the other tabs, in ms. */
const TOLD = 100;

/**
 * Exchanges the pair for a new one by `exchange`, which gives null when the session has ended; the new pair is kept
 * here and in tabs that were duplicated from this one. Of tabs that want it at the same instant one does it, as a refresh
 * token serves but once: the others wait until they have been told.
 */
export async function exchangeTokens(
  exchange: (spent: Tokens) => Promise<Tokens | null>,
): Promise<Tokens | null> {
  const spent = currentTokens();
  if (!spent) return null;
  const run = async () => {
    const now = currentTokens();
    if (now?.refresh_token !== spent.refresh_token) return now;
    const tokens = await exchange(spent);
    if (!tokens) return null;
    keepTokens(tokens);
    TABS.postMessage({ spent: spent.refresh_token, tokens });
    await new Promise((resolve) => setTimeout(resolve, TOLD));
    return currentTokens();
  };
  // Browsers have no locks for a page that came over plain HTTP from another machine.
  return 'locks' in navigator ? navigator.locks.request(`${KEPT} ${spent.refresh_token}`, run) : run();
}
