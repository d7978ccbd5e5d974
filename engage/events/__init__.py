"""Round Tables, summits, user conferences and meetings: their dates, states and agendas."""
