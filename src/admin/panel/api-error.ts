import { t } from './texts.ts';

type Details = Record<string, unknown> & { violations?: { message: string }[]; message?: string };

/** The API's refusal, or that it could not be reached (`status` 0), as the person in front of the screen reads it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Details = {},
  ) {
    super(message);
  }

  /** The reasons against one field of what was sent. */
  reasonsOf(field: string): string[] {
    const reasons = this.details[field];
    return Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === 'string') : [];
  }

  /** All that is wrong, as sentences: the broken rules one by one, or what happened. */
  get sentences(): string[] {
    const broken = this.details.violations?.map(({ message }) => message);
    return broken && broken.length > 0 ? broken : [this.details.message ?? this.message];
  }
}

/** What was thrown, as an ApiError: what is not one never reached the service. */
export const toApiError = (thrown: unknown): ApiError =>
  thrown instanceof ApiError ? thrown : new ApiError(0, 'UNREACHABLE', t.unreachable);

/** The API's own words in an answer that is not a success. */
export async function refusalOf(response: Response): Promise<ApiError> {
  try {
    const { error, code, details } = (await response.json()) as {
      error: string;
      code: string;
      details?: Details;
    };
    return new ApiError(response.status, code, error, details);
  } catch {
    return new ApiError(response.status, 'UNREADABLE', t.unreachable);
  }
}
