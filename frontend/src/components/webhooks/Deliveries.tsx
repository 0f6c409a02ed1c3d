import { useState } from "react";
import type { Webhook } from "@/lib/api/generated/types.gen";
import { Icon } from "../Icon";
import { DeliveryList } from "./DeliveryList";

/** The last attempts, read when they are opened. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="mt-2" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="btn btn-quiet -ms-2 px-2">
        <Icon name="clock" className="size-4" />
        Deliveries
      </summary>
      {open && <DeliveryList webhook={webhook} />}
    </details>
  );
}
