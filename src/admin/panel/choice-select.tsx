import type { Ties } from './labelled.tsx';
import { readAll } from './page-of.ts';
import { t } from './texts.ts';
import { useReading } from './use-data.ts';

/** Where the records are that a field of this name is the id of. */
export const CHOICES: Record<string, string> = {
  therapist_id: '/api/therapists/',
  specialty_id: '/api/specialties/',
};

type Named = { id: number; name?: string; full_name?: string };
type Props = { path: string; ties: Ties; value: string; change: (value: string) => void; none?: string };

/** One of the records of a list by its name, or none of them. */
export function ChoiceSelect({ path, ties, value, change, none = t.reports.all }: Props) {
  const { data = [] } = useReading(path, () => readAll<Named>(path, { is_active: 'true' }));
  return (
    <select {...ties} value={value} onChange={(event) => change(event.currentTarget.value)}>
      <option value="">{none}</option>
      {data.map(({ id, name, full_name: fullName }) => (
        <option key={id} value={String(id)}>
          {fullName ?? name}
        </option>
      ))}
    </select>
  );
}
