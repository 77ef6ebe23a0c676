"""What rooms above may know of a claim and this one doesn't."""

from django.dispatch import Signal

# order, reason, now: a claim is being filed. Whoever knows that many lines fell together with this one answers with
# why, as the history keeps it: {of, incident, page}; anybody else with None.
claim_filed = Signal()
