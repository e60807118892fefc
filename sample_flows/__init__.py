"""Sample flows, as data: each folder holds flows, prompts, a configuration, a database script."""
