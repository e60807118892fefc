"""Keeps what the contact centre must not forget: models, migrations, writing, recovery, reading."""
