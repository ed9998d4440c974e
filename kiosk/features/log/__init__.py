"""The night's log: counts tonight, sentences for stewards, all of it published at 07:00."""
