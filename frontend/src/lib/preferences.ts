import { createStore, type Readable } from "./store";
import { PREFERENCES_KEY } from "./theme-script";
import type { Layout } from "./todos/views";

/** Settings of this browser, kept in its local storage: how things look, no personal data. */
export interface Preferences {
  theme: "system" | "light" | "dark";
  sort: string;
  layout: Layout;
  shortcuts: boolean;
}

export interface PreferencesStore extends Readable<Preferences> {
  load(): void;
  change<K extends keyof Preferences>(name: K, value: Preferences[K]): void;
  applyTheme(): void;
}

const DEFAULTS: Preferences = { theme: "system", sort: "-created_at", layout: "list", shortcuts: true };

export function createPreferences(): PreferencesStore {
  const store = createStore<Preferences>(DEFAULTS);

  function applyTheme(): void {
    const { theme } = store.get();
    const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    load: () => store.set(stored()),
    change(name, value) {
      store.set((known) => ({ ...known, [name]: value }));
      localStorage.setItem(PREFERENCES_KEY, JSON.stringify(store.get()));
      applyTheme();
    },
    applyTheme,
  };
}

function stored(): Preferences {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(PREFERENCES_KEY) ?? "{}") };
  } catch {
    return DEFAULTS;
  }
}
