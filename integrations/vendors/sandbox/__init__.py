"""The twin of the outside world: one HTTP process that plays the supplier and the shop's refund backend.

Steering, for tests: a supplier order's `target`, or a refund's `payment_reference`, that contains
`reject` ends rejected (a refund: failed); `partial` ends partial after a third of the units;
`stall` stays in_progress after a third of the units (a refund: stays accepted). All else succeeds.
"""
