/** Server-sent events out of a stream of text, as the HTML standard describes them. */
export interface StreamEvent {
  id: string;
  type: string;
  data: string;
}

export interface EventParser {
  feed(text: string): void;
}

export function createEventParser(onEvent: (event: StreamEvent) => void): EventParser {
  let rest = "";
  let lastId = "";
  let type = "";
  let data: string[] = [];
  let first = true;

  function dispatch(): void {
    if (data.length > 0) onEvent({ id: lastId, type: type || "message", data: data.join("\n") });
    type = "";
    data = [];
  }

  function take(line: string): void {
    if (line === "") return dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "event") type = value;
    else if (field === "id" && !value.includes("\0")) lastId = value;
  }

  function feed(text: string): void {
    rest += first ? text.replace(/^\uFEFF/, "") : text;
    first = first && text === "";
    // A CR at the very end may be half of a CRLF: it waits for what follows.
    const usable = rest.endsWith("\r") ? rest.slice(0, -1) : rest;
    const lines = usable.split(/\r\n|\r|\n/);
    rest = (lines.pop() ?? "") + rest.slice(usable.length);
    for (const line of lines) take(line);
  }

  return { feed };
}
