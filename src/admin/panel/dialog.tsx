import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from './texts.ts';

type Props = { title: string; onClose: () => void; children: ComponentChildren };

/** Milliseconds in which what opened the dialog, clicked twice or held down, does not also confirm it. */
const TOO_SOON = 300;

/** A window over the page: Escape closes it, and the focus goes back to where it came from. */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const openedAt = useRef(performance.now());
  const id = useId();
  useEffect(() => {
    const from = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (from instanceof HTMLElement && from.isConnected) from.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      onSubmitCapture={(event) => {
        if (performance.now() - openedAt.current > TOO_SOON) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
      <button type="button" class="plain close" aria-label={t.close} onClick={() => dialog.current?.close()}>
        ✕
      </button>
    </dialog>
  );
}
