"""Records of meetings, the outcomes they hold, and the actions that were agreed."""
