"""What every command prints with: flags from options, tables, JSON."""
