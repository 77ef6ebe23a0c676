"""What a draft has to prove before it binds anybody: all is decided, each clause reached, and no limit is a cliff."""

from compensation.rules.publishing.comparing import Change, compare
from compensation.rules.publishing.faults import Fault
from compensation.rules.publishing.proof import Proof, prove
from compensation.rules.publishing.retroactive import Words, first_loss

__all__ = ["Change", "Fault", "Proof", "Words", "compare", "first_loss", "prove"]
