import * as v from 'valibot';

/** `{token}.ics`; the framework names a parameter by all that stands in its segment of the path. */
export const FeedParams = v.object({ 'feed_token.ics': v.string() });

export const FeedAddress = v.object({ url: v.pipe(v.string(), v.metadata({ format: 'uri' })) });
