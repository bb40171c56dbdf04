"""Say which credential is used, list the tenant's routes, and call one of them.

    python -m knoxcall.examples.routes [ROUTE [PATH]]

This talks to your tenant: set KNOXCALL_API_KEY, or KNOXCALL_CLIENT_ID and KNOXCALL_CLIENT_SECRET, or log in.
KNOXCALL_BASE_URL names an installation of your own. Without ROUTE, routes are only listed.
"""

import sys

from knoxcall import APIConnectionError, KnoxCall, KnoxCallError, NotAuthenticatedError, is_refusal


def main(route: str | None = None, path: str = "/") -> None:
    with KnoxCall() as client:
        print(f"credential: {client.credential}")
        print(f"host:       {client.base_url}")
        for found in client.routes.iterate(per_page=50):
            print(f"  {found['name']:24} {found['target_base_url']}")
        if route is None:
            return
        response = client.call(route, path=path)
        who = "KnoxCall" if is_refusal(response) else "the upstream"
        print(f"{route} {path}: {response.status_code} from {who}, {len(response.content)} bytes")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:3])
    except NotAuthenticatedError as missing:
        sys.exit(f"no credentials: {missing}")
    except APIConnectionError as failure:
        sys.exit(f"no answer ({failure.outcome.value}): {failure}")
    except KnoxCallError as failure:
        sys.exit(f"refused: {failure} (request {failure.request_id})")
