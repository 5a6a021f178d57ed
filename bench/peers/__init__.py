"""Other people's frameworks doing what Roundtable does, to compare with."""
