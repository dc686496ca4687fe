import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { StatusEntry } from './api-types.ts';
import { useData } from './use-data.ts';

type Look = Pick<StatusEntry, 'label' | 'color'>;

/** The clinic's own names and colours of the states. */
export const StatusContext = createContext<ReadonlyMap<string, Look>>(new Map());

export function useStatusLooks(): ReadonlyMap<string, Look> {
  const { data } = useData<{ results: StatusEntry[] }>('/api/appointments/statuses/?page_size=100');
  return new Map(data?.results.map(({ name, label, color }) => [name, { label, color }]));
}

/** How a state is shown; by its name alone until the catalogue is there. */
export function useStatusLook(): (status: string) => Look {
  const looks = useContext(StatusContext);
  return (status) => looks.get(status) ?? { label: status, color: 'currentColor' };
}
