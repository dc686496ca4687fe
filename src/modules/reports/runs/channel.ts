/** Where the progress of a run is told live. */
export const channelOf = (runId: number): string => `export:${runId}`;

/** The run has got on, ended or was taken back; what is so is in its row. */
export const MOVED = 'moved';
