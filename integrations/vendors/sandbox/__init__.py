"""The twin of the outside world: one HTTP process that plays the supplier, the shop's refund backend, its
entitlement service and the service that brings messages to buyers.

Steering, for tests: a supplier order's `target`, or a refund's `payment_reference`, that contains
`reject` ends rejected (a refund: failed); `partial` ends partial after a third of the units;
`stall` stays in_progress after a third of the units (a refund: stays accepted). All else succeeds.
A licence whose id contains `reject` can't be revoked, one with `used` was used up, with `stall` each step is looked
into for ever; every other licence works until it is told otherwise.
A message is sent at once; one to a contact with `reject` fails, with `slow` it is sent later, with `stall` never.

Faults: `fault-KIND` in the same text (of a batch: in any contact of it) spoils the key's first POST, `fault-get-KIND`
its first question; `run_sandbox --faults SHARE [--fault-kinds a,b] [--faults-per-key N] [--seed S]` spoils a share of
all requests, the same ones for the same seed; `--mute SHARE` never calls back about that share of keys.
Done, and then: `timeout` (no answer in time), `reset`, `500_after`, `truncated`, `slow` (trickles, in time),
`slow_late`. Not done: `reset_before`, `500`. Answered well, but what comes of it: `partial`, `rejected`,
`unknown_state` (a state that nobody knows; ends well later). Each is in `request_log.fault`.
"""
