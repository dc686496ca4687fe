import { useEffect, useRef, useState } from 'preact/hooks';
import { eventsOf, type StreamEvent } from './events.ts';

/** Milliseconds before a stream that was lost is asked for again. */
const COME_BACK = 3_000;

/**
 * Calls `hear` for every event of a stream while the page is in sight: a hidden tab would keep a connection from those
 * that somebody looks at. Returns whether the stream is open.
 */
export function useStream(path: string, hear: (event: StreamEvent) => void): boolean {
  const [isLive, setLive] = useState(false);
  const isVisible = useVisible();
  const listener = useRef(hear);
  listener.current = hear;
  useEffect(() => {
    if (!isVisible) return;
    const gone = new AbortController();
    void listen(path, gone.signal, {
      hear: (event) => listener.current(event),
      turn: (live) => {
        if (!gone.signal.aborted) setLive(live);
      },
    });
    return () => gone.abort();
  }, [path, isVisible]);
  return isLive;
}

type Listener = { hear: (event: StreamEvent) => void; turn: (isLive: boolean) => void };

async function listen(path: string, signal: AbortSignal, { hear, turn }: Listener): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of eventsOf(path, signal)) {
        turn(true);
        hear(event);
      }
    } catch {
      // Whoever is signed out is shown so; anything else heals by itself.
    }
    turn(false);
    await new Promise((resolve) => setTimeout(resolve, COME_BACK));
  }
}

function useVisible(): boolean {
  const [isVisible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const change = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', change);
    return () => document.removeEventListener('visibilitychange', change);
  }, []);
  return isVisible;
}
