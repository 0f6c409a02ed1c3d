/** The key of everything that administrators read begins so. */
export const ADMIN = ["admin"];
