/** The inputs that shortcuts put the focus into. */
export const SEARCH_ID = "search-todos";
export const NEW_TODO_ID = "new-todo";
