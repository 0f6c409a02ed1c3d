import { ExportButton } from "./ExportButton";
import { ImportForm } from "./ImportForm";
import { Section } from "./Section";

export function DataSection() {
  return (
    <Section title="Your data" note="What export writes, import takes.">
      <h3 className="label">Export</h3>
      <div className="flex flex-wrap gap-2">
        <ExportButton format="json" />
        <ExportButton format="csv" />
      </div>
      <ImportForm />
    </Section>
  );
}
