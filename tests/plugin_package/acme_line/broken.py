"""What a plug-in looks like whose own requirement is not installed."""

import acme_library_that_nobody_has  # type: ignore[import-not-found]

Broken = acme_library_that_nobody_has.Broken
