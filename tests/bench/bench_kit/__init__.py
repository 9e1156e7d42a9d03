"""What the measurements share: made-up lists, sinks that say yes, ours and other clients as processes to command."""
