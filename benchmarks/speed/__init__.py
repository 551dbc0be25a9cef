"""How fast Inkling starts, trains, reads and answers."""
