"""Tables over time: reading, finding what is wrong, and mending it where that is asked for."""
