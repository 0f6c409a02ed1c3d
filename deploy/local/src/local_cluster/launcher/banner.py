"""What `todobus up` prints when the cluster is ready."""

import secrets
from collections.abc import Iterator

from local_cluster.launcher import demo
from local_cluster.launcher.plan import Plan


def banner(plan: Plan, seconds: float) -> Iterator[str]:
    url = f"http://localhost:{plan.options.port}"
    person = f'{{"email": "you-{secrets.token_hex(3)}@example.com", "password": "{secrets.token_urlsafe(12)}"}}'
    yield ""
    yield f"Todobus is ready at {url} ({seconds:.1f} s)"
    if plan.options.web_root:
        yield f"  web app   {url}/"
    yield f"  API docs  {url}/docs"
    yield f"  events    {url}/events/docs"
    yield f"  NATS      nats://127.0.0.1:{plan.nats.port} (user and password in {plan.folder.subscriber})"
    yield f"  logs      {plan.folder.logs}"
    if plan.options.demo:
        yield f"  demo      {demo.EMAIL}, password {demo.password(plan.folder)}"
    yield "Try it:"
    yield f"  curl -s {url}/api/auth/register -H 'Content-Type: application/json' -d '{person}'"
    yield "Ctrl-C stops it; the data stays."
    yield ""
