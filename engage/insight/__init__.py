"""The desk: what needs me today, gathered from every domain; writes nothing."""
