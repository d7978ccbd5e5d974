"""Papers and their versions: for the room first, then for everybody (docs/domain.md#paper)."""
