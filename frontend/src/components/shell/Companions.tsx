import { Notifier } from "../notifications/Notifier";
import { Shortcuts } from "./Shortcuts";

/** What goes along with every page, and is loaded after it. */
export default function Companions() {
  return (
    <>
      <Shortcuts />
      <Notifier />
    </>
  );
}
