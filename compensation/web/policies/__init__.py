"""Where ops write, prove and publish the shop's rules."""
