"""The AsyncAPI document as one page of HTML that loads nothing and runs nothing."""

import json
from html import escape
from typing import Any

STYLE = """
:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { margin-bottom: .25rem; } h2 { margin-top: 2.5rem; } h3 { margin: 0; font-size: 1rem; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 1rem; border-radius: .5rem; background: light-dark(#f4f4f5, #1c1c20); }
section { margin: 1rem 0; padding: 1rem 1.25rem; border: 1px solid light-dark(#d4d4d8, #3f3f46); border-radius: .5rem; }
summary { cursor: pointer; padding: .25rem 0; }
.muted { color: light-dark(#52525b, #a1a1aa); }
"""


def render(document: dict[str, Any]) -> str:
    info = document["info"]
    messages = document["components"]["messages"]
    channels = "".join(_channel(name, channel, messages) for name, channel in document["channels"].items())
    schemas = "".join(_details(name, schema) for name, schema in document["components"]["schemas"].items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])}</h1>"
        f'<p class="muted">Version {escape(info["version"])} · <a href="/asyncapi.json">AsyncAPI document</a></p>'
        f"<p>{_prose(info['description'])}</p><h2>Channels</h2>{channels}<h2>Schemas</h2>{schemas}</body></html>"
    )


def _channel(name: str, channel: dict[str, Any], messages: dict[str, Any]) -> str:
    title = f"<code>{escape(channel['address'])}</code>" if channel["address"] else escape(name)
    about = f"<p>{_prose(channel.get('description', ''))}</p>"
    contents = "".join(_message(messages[key]) for key in channel["messages"])
    return f'<section id="{escape(name)}"><h3>{title}</h3>{about}{contents}</section>'


def _message(message: dict[str, Any]) -> str:
    shown = message["examples"][0]["payload"] if "examples" in message else message["payload"]
    return _details(message["name"], shown, message.get("summary", ""))


def _details(title: str, content: Any, about: str = "") -> str:
    note = f' <span class="muted">{_prose(about)}</span>' if about else ""
    body = escape(json.dumps(content, indent=2, ensure_ascii=False))
    return f"<details><summary><code>{escape(title)}</code>{note}</summary><pre>{body}</pre></details>"


def _prose(text: str) -> str:
    """Text in which `backticks` mark code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))
