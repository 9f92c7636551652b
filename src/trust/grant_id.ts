/** What names a grant, and takes it back. */
export const GRANT_ID_FORM = /^[\w-]{16,64}$/;
