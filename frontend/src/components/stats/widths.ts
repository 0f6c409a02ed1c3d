/** The columns that a card takes: of two on a tablet, of six on a wide screen. */
export const THIRD = "lg:col-span-2";
export const HALF = "lg:col-span-3";
export const WHOLE_ROW = "sm:col-span-2 lg:col-span-6";
