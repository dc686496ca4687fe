/** Items that wait for one reader. */
export type Mailbox<Item> = {
  put: (item: Item) => void;
  /** The reader gets what is there, then its loop ends. */
  end: () => void;
  items: () => AsyncGenerator<Item>;
};

/** A reader that falls `limit` items behind has missed the rest: its loop ends after those that it has. */
export function createMailbox<Item>(limit: number): Mailbox<Item> {
  const waiting: Item[] = [];
  let ended = false;
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const end = () => {
    ended = true;
    change();
  };
  return {
    put: (item) => {
      if (ended) return;
      if (waiting.length >= limit) return end();
      waiting.push(item);
      change();
    },
    end,
    items: async function* () {
      for (;;) {
        const item = waiting.shift();
        if (item !== undefined) yield item;
        else if (ended) return;
        else await changed.promise;
      }
    },
  };
}
