"""The host's page: how the bench is, and the button that closes it for tonight."""
