import { useApp } from "@/lib/app";
import type { Preferences } from "@/lib/preferences";
import { useStore } from "@/lib/store";
import { Section } from "./Section";

const THEMES: [Preferences["theme"], string][] = [
  ["system", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export function AppearanceSection() {
  const { preferences } = useApp();
  const { theme, shortcuts } = useStore(preferences);
  return (
    <Section title="This browser" note="Kept on this device only.">
      <fieldset>
        <legend className="label">Theme</legend>
        <div className="flex flex-wrap gap-2">
          {THEMES.map(([value, name]) => (
            <button
              key={value}
              type="button"
              className="chip"
              aria-pressed={theme === value}
              onClick={() => preferences.change("theme", value)}
            >
              {name}
            </button>
          ))}
        </div>
      </fieldset>
      <label className="mt-5 flex items-center gap-3">
        <input
          type="checkbox"
          className="check check-square"
          checked={shortcuts}
          onChange={(event) => preferences.change("shortcuts", event.target.checked)}
        />
        <span>
          Single-key shortcuts <span className="text-faint text-sm">(press ? to see them)</span>
        </span>
      </label>
    </Section>
  );
}
