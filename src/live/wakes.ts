/** How one instance tells the others to look for new events. Only the looking is told: the events are in the database. */
export type Wakes = {
  send: () => void;
  /** Calls `onWake` whenever another instance has sent, from now on. */
  listen: (onWake: () => void) => void;
  /** Whether what others send arrives at this moment; otherwise listeners look at short intervals. */
  arriving: () => boolean;
  close: () => void;
};

/** Instances that have nothing in common but the database. */
export const NO_WAKES: Wakes = {
  send: () => undefined,
  listen: () => undefined,
  arriving: () => false,
  close: () => undefined,
};
