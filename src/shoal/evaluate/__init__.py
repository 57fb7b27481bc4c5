"""From outcomes to numbers, intervals, verdicts and gates."""
