import { createStore } from "./store";
import { PREFERENCES_KEY } from "./theme-script";

/** What this browser remembers: how things look, nothing about anybody. */
export interface Preferences {
  theme: "system" | "light" | "dark";
  sort: string;
  shortcuts: boolean;
}

const DEFAULTS: Preferences = { theme: "system", sort: "-created_at", shortcuts: true };

export const preferences = createStore<Preferences>(DEFAULTS);

export function loadPreferences(): void {
  try {
    preferences.set({ ...DEFAULTS, ...JSON.parse(localStorage.getItem(PREFERENCES_KEY) ?? "{}") });
  } catch {
    preferences.set(DEFAULTS);
  }
}

export function setPreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  preferences.set((known) => ({ ...known, [name]: value }));
  localStorage.setItem(PREFERENCES_KEY, JSON.stringify(preferences.get()));
  applyTheme();
}

export function applyTheme(): void {
  const { theme } = preferences.get();
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}
