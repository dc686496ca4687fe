/** The embedded database or broker cannot run here; the message is written for the operator and says what to do. */
export class EmbeddedServiceError extends Error {}
