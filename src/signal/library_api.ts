/** The library channel, `unarr-library`: one JSON object a message, an answer to each ask by its `id`. */
import * as v from "valibot";

/** Label of the library's data channel. */
export const LIBRARY_LABEL = "unarr-library";

/** Label prefix of a file's data channel; the path inside the share follows, `/` between its parts. */
export const FILE_LABEL_PREFIX = "file:";

/** The most entries in one answer to `list`. */
export const LIST_PAGE = 200;

/** The most entries in an answer to `search`. */
export const SEARCH_LIMIT = 200;

/** The longest ask, in UTF-16 code units. */
export const MAX_ASK_LENGTH = 16_384;

export const Ask = v.variant("op", [
  v.object({
    id: v.number(),
    op: v.literal("list"),
    path: v.string(),
    cursor: v.optional(v.nullable(v.string())),
  }),
  v.object({
    id: v.number(),
    op: v.literal("search"),
    query: v.string(),
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  }),
]);
export type Ask = v.InferOutput<typeof Ask>;

const Kind = v.picklist(["dir", "file"]);

/** `size` in bytes (0 for a directory), `modified` in milliseconds since 1970. */
export const ListEntry = v.object({ name: v.string(), kind: Kind, size: v.number(), modified: v.number() });
export type ListEntry = v.InferOutput<typeof ListEntry>;

/** As {@link ListEntry}, with the path inside the share. */
export const SearchEntry = v.object({ path: v.string(), kind: Kind, size: v.number(), modified: v.number() });
export type SearchEntry = v.InferOutput<typeof SearchEntry>;

export const ListAnswer = v.object({
  id: v.number(),
  entries: v.array(ListEntry),
  cursor: v.nullable(v.string()),
});
export type ListAnswer = v.InferOutput<typeof ListAnswer>;

export const SearchAnswer = v.object({
  id: v.number(),
  entries: v.array(SearchEntry),
  truncated: v.boolean(),
});
export type SearchAnswer = v.InferOutput<typeof SearchAnswer>;

/** `id` is null where the ask had none that could be read. */
export const ErrorAnswer = v.object({
  id: v.nullable(v.number()),
  error: v.string(),
  code: v.string(),
});
export type ErrorAnswer = v.InferOutput<typeof ErrorAnswer>;
