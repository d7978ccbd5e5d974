"""Public pages that gather from every domain; GET only."""
