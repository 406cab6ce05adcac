"""Policies of browsers that let the paired pages reach this computer without a prompt: documents, places, installing."""
