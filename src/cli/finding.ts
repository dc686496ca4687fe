/** One line of `bun run manage check`. */
export type Finding = { level: 'ok' | 'warning' | 'error'; text: string };

export const ok = (text: string): Finding => ({ level: 'ok', text });
export const warning = (text: string): Finding => ({ level: 'warning', text });
export const error = (text: string): Finding => ({ level: 'error', text });
