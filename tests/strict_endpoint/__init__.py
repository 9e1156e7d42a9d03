"""A small DynamoDB for tests that says no where AWS says no, and misbehaves on request, by seed.

It knows BatchWriteItem, BatchExecuteStatement (INSERT), BatchGetItem, GetItem, Scan and DescribeTable on one table.
AWS's limits are enforced: 25 items, one key twice, 400 KB, 16 MB, statements of 8,192 characters, key sizes, number
rules, empty sets, a signature.

Three ways to use it:

1. In virtual time, without a network (a storm of 60 s takes milliseconds):

       clock = VirtualClock()
       service = StrictService(Faults(seed=1, unprocessed=0.9), key=("email",), now=clock.now)
       transport = VirtualTransport(service, clock)    # for TableDestination(open_transport=…)

2. In this process, over real sockets:

       with running_endpoint(Faults(reset=0.1)) as endpoint:
           endpoint.url, endpoint.service.items, endpoint.service.sent

3. As a process of its own (tests that kill the importer):

       python -m strict_endpoint --port 0 --table EmailContacts --key email --faults '{"seed": 1, "lost_reply": 0.05}'

   prints `{"url": "http://127.0.0.1:PORT"}` on its first line and runs until it is terminated. For reading back:
   `GET /_items` (list of items in DynamoDB JSON) and `GET /_log` (`requests`, `faults`: counts by kind, `sent`:
   {key text: how many times a put for it arrived}, `written`: {key text: how many times it was stored}).
   `POST /_faults` with a JSON object replaces the faults while it runs.

Its replies look like Amazon's, header for header; `running_endpoint(wire=…)` makes them look like another's (see
wire.py).

All faults are fields of `Faults` (see faults.py); probabilities are per request unless said otherwise.
"""

from strict_endpoint.faults import Faults
from strict_endpoint.server import Endpoint, running_endpoint
from strict_endpoint.service import StrictService
from strict_endpoint.virtual import VirtualClock, VirtualTransport
from strict_endpoint.wire import AMAZON, WIRES, Answer, Wire

__all__ = [
    "AMAZON",
    "WIRES",
    "Answer",
    "Endpoint",
    "Faults",
    "StrictService",
    "VirtualClock",
    "VirtualTransport",
    "Wire",
    "running_endpoint",
]
