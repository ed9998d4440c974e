"""The mediator's own page, on their own machine: it opens what was sealed for their key. It keeps nothing."""
