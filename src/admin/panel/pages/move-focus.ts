const CONTROL = 'button:not(:disabled)';

/** Arrow keys go from entry to entry of a list, to the first thing that can be done there. */
export function moveFocus(event: KeyboardEvent, list: HTMLElement | null): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !list || document.querySelector('dialog[open]')) return;
  const entries = [...list.children].filter((entry): entry is HTMLElement => entry instanceof HTMLElement);
  const at = entries.findIndex((entry) => entry.contains(document.activeElement));
  const entry = entries[at + step];
  if (!entry || (at === -1 && step < 0)) return;
  event.preventDefault();
  (entry.querySelector<HTMLElement>(CONTROL) ?? entry).focus();
}
