"""The JavaScript client's built file in real browsers, in pages of https origins: what it tells of each trouble, and that one sale
is one receipt whatever becomes of the page."""
