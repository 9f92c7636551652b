/** The library channel, `unarr-library`: one JSON object a message, an answer to each ask by its `id`. */
import * as v from "valibot";
import type { ListPage, SearchPage } from "./library_entries.ts";

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

/** Answers to `list`. */
export const ListAnswer: v.GenericSchema<unknown, ListPage> = v.object({
  entries: v.array(v.object({ name: v.string(), kind: Kind, size: v.number(), modified: v.number() })),
  cursor: v.nullable(v.string()),
});

/** Answers to `search`. */
export const SearchAnswer: v.GenericSchema<unknown, SearchPage> = v.object({
  entries: v.array(v.object({ path: v.string(), kind: Kind, size: v.number(), modified: v.number() })),
  truncated: v.boolean(),
});

/** `id` is null where the ask had none that could be read. */
export const ErrorAnswer = v.object({
  id: v.nullable(v.number()),
  error: v.string(),
  code: v.string(),
});
export type ErrorAnswer = v.InferOutput<typeof ErrorAnswer>;
