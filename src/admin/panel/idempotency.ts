/** Not `crypto.randomUUID`: that is there on https alone, and a clinic's own network often has none. */
const fresh = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join('-');

/** Gives the same `Idempotency-Key` for the same content: what is sent again after a lost answer happens once. */
export function onceKeys(): (content: unknown) => string {
  let last = { text: '', key: fresh() };
  return (content) => {
    const text = JSON.stringify(content);
    if (last.text !== text) last = { text, key: fresh() };
    return last.key;
  };
}
