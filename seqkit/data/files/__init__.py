"""Files of any kind: what they hold, their encoding, downloads, archives."""
